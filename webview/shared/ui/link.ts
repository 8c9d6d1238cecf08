import { html, nothing, type TemplateResult } from 'lit';

export interface LinkButtonProps {
  id?: string;
  label: string;
  /** Accessible name, where the label is too short for one; must hold the label. */
  name?: string;
  /** For a link that opens a part of the page: is that part open? */
  expanded?: boolean;
  onClick: () => void;
}

/** An action in running text: a button that looks like a link. */
export function linkButton(props: LinkButtonProps): TemplateResult {
  return html`<button
    type="button"
    class="link-button"
    id=${props.id ?? nothing}
    aria-label=${props.name ?? nothing}
    aria-expanded=${props.expanded === undefined ? nothing : String(props.expanded)}
    @click=${props.onClick}
  >
    ${props.label}
  </button>`;
}
