import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { inner } from './inner';

export interface TextFieldProps {
  id: string;
  /** Accessible name: the visible label is above, see `field`. */
  label: string;
  value: string;
  onInput: (value: string) => void;
  placeholder?: string;
  disabled?: boolean;
  /** Ids of the texts at the field: description, reason, errors. */
  note?: string;
  invalid?: boolean;
  /** Codicon before the text. */
  icon?: string;
  onKeydown?: (event: KeyboardEvent) => void;
}

/** One line of text. */
export function textField(props: TextFieldProps): TemplateResult {
  return html`<vscode-text-field
    id=${props.id}
    class=${props.invalid === true ? 'control invalid' : 'control'}
    placeholder=${props.placeholder ?? nothing}
    spellcheck="false"
    .value=${live(props.value)}
    ?disabled=${props.disabled ?? false}
    @input=${(event: Event) => props.onInput((event.currentTarget as HTMLInputElement).value)}
    @keydown=${props.onKeydown ?? nothing}
    ${inner({ label: props.label, note: props.note, invalid: props.invalid })}
    >${props.icon ? html`<span slot="start" class="codicon codicon-${props.icon}" aria-hidden="true"></span>` : nothing}</vscode-text-field
  >`;
}
