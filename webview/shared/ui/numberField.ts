import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { inner } from './inner';

export interface NumberFieldProps {
  id: string;
  label: string;
  /** Not finite while what is typed is no number: the text then stays as typed. */
  value: number;
  min: number;
  max?: number;
  /** NaN when the text is no number. */
  onInput: (value: number) => void;
  /** The value in words, shown after the field: `0` = not compressed. */
  words?: string;
  disabled?: boolean;
  note?: string;
  invalid?: boolean;
}

/** A whole number: typed, or stepped with the arrow keys. The toolkit has none. */
export function numberField(props: NumberFieldProps): TemplateResult {
  const step = (event: KeyboardEvent): void => {
    const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key];
    if (by === undefined || props.disabled === true) return;
    event.preventDefault();
    const from = Number.isFinite(props.value) ? props.value : props.min;
    props.onInput(Math.min(props.max ?? Infinity, Math.max(props.min, from + by)));
  };
  return html`<span class="number-field"
    ><vscode-text-field
      id=${props.id}
      class=${props.invalid === true ? 'control number invalid' : 'control number'}
      spellcheck="false"
      .value=${Number.isFinite(props.value) ? live(String(props.value)) : live(typed(props.id))}
      ?disabled=${props.disabled ?? false}
      @input=${(event: Event) => props.onInput(parse((event.currentTarget as HTMLInputElement).value))}
      @keydown=${step}
      ${inner({
        label: props.label,
        note: props.note,
        invalid: props.invalid,
        inputMode: 'numeric',
        spin: { min: props.min, max: props.max, value: props.value, text: props.words },
      })}
    ></vscode-text-field>
    ${props.words ? html`<span class="number-words" aria-hidden="true">${props.words}</span>` : ''}</span
  >`;
}

/** Digits only: `1e3` and `0x10` are numbers to JavaScript, but nobody means them here. */
function parse(text: string): number {
  return /^\s*-?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
}

function typed(id: string): string {
  const element = document.getElementById(id);
  return element ? (element as HTMLInputElement).value : '';
}
