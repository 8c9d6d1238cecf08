import { html, nothing, type TemplateResult } from 'lit';

export interface ButtonProps {
  id?: string;
  label: string;
  onClick: () => void;
  appearance?: 'primary' | 'secondary';
  /** Codicon before the label. */
  icon?: string;
  disabled?: boolean;
  describedBy?: string | undefined;
}

/** A button with its label. */
export function button(props: ButtonProps): TemplateResult {
  return html`<vscode-button
    id=${props.id ?? nothing}
    appearance=${props.appearance ?? 'secondary'}
    aria-describedby=${props.describedBy ?? nothing}
    ?disabled=${props.disabled ?? false}
    @click=${props.onClick}
    >${props.icon ? html`<span slot="start" class="codicon codicon-${props.icon}" aria-hidden="true"></span>` : nothing}${props.label}</vscode-button
  >`;
}

export interface IconButtonProps {
  /** Accessible name and tooltip. */
  label: string;
  icon: string;
  onClick: () => void;
  disabled?: boolean;
}

/** A button that is an icon. */
export function iconButton(props: IconButtonProps): TemplateResult {
  return html`<vscode-button
    appearance="icon"
    aria-label=${props.label}
    title=${props.label}
    ?disabled=${props.disabled ?? false}
    @click=${props.onClick}
    ><span class="codicon codicon-${props.icon}" aria-hidden="true"></span
  ></vscode-button>`;
}
