import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { inner } from './inner';
import type { TextFieldProps } from './textField';

export interface TextAreaProps extends Omit<TextFieldProps, 'icon'> {
  rows: number;
}

/** Several lines of text. */
export function textArea(props: TextAreaProps): TemplateResult {
  return html`<vscode-text-area
    id=${props.id}
    class=${props.invalid === true ? 'control invalid' : 'control'}
    rows=${props.rows}
    resize="vertical"
    placeholder=${props.placeholder ?? nothing}
    .value=${live(props.value)}
    ?disabled=${props.disabled ?? false}
    @input=${(event: Event) => props.onInput((event.currentTarget as HTMLTextAreaElement).value)}
    @keydown=${props.onKeydown ?? nothing}
    ${inner({ label: props.label, note: props.note, invalid: props.invalid })}
  ></vscode-text-area>`;
}
