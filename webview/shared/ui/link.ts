import { html, type TemplateResult } from 'lit';

export interface LinkButtonProps {
  label: string;
  onClick: () => void;
}

/** An action in running text. It goes nowhere, so it is a button that looks like a link. */
export function linkButton(props: LinkButtonProps): TemplateResult {
  return html`<button type="button" class="link-button" @click=${props.onClick}>
    ${props.label}
  </button>`;
}
