import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { inner } from './inner';

export interface NumberFieldProps {
  id: string;
  label: string;
  /** Not finite while the typed text is not a number: it stays as typed. null = empty. */
  value: number | null;
  min: number;
  max?: number;
  /** NaN when the text is not a number. */
  onInput: (value: number) => void;
  /** The field may be empty, which means that nothing is set. */
  onClear?: () => void;
  placeholder?: string;
  /** The value in words, shown after the field: `0` = not compressed. */
  words?: string;
  disabled?: boolean;
  note?: string;
  invalid?: boolean;
}

/**
 * A field for whole numbers: typed, or stepped with the arrow keys. The toolkit has no such field.
 */
export function numberField(props: NumberFieldProps): TemplateResult {
  const step = (event: KeyboardEvent): void => {
    const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key];
    if (by === undefined || props.disabled === true) return;
    event.preventDefault();
    const known = props.value !== null && Number.isFinite(props.value);
    // An empty field starts at 0, or at the minimum.
    const begin = props.value === null ? Math.max(0, props.min) - by : props.min;
    const from = known ? (props.value ?? 0) : begin;
    props.onInput(Math.min(props.max ?? Infinity, Math.max(props.min, from + by)));
  };
  const input = (text: string): void => {
    if (props.onClear && text.trim() === '') props.onClear();
    else props.onInput(parse(text));
  };
  return html`<span class="number-field"
    ><vscode-text-field
      id=${props.id}
      class=${props.invalid === true ? 'control number invalid' : 'control number'}
      spellcheck="false"
      placeholder=${props.placeholder ?? nothing}
      .value=${live(shown(props))}
      ?disabled=${props.disabled ?? false}
      @input=${(event: Event) => input((event.currentTarget as HTMLInputElement).value)}
      @keydown=${step}
      ${inner({
        label: props.label,
        note: props.note,
        invalid: props.invalid,
        inputMode: 'numeric',
        spin: {
          min: props.min,
          max: props.max,
          value: props.value ?? Number.NaN,
          text: props.words,
        },
      })}
    ></vscode-text-field>
    ${props.words ? html`<span class="number-words" aria-hidden="true">${props.words}</span>` : ''}</span
  >`;
}

/** Digits only: `1e3` and `0x10` are numbers in JavaScript, but not meant here. */
function parse(text: string): number {
  return /^\s*-?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
}

function shown({ id, value }: NumberFieldProps): string {
  if (value === null) return '';
  return Number.isFinite(value) ? String(value) : typed(id);
}

function typed(id: string): string {
  const element = document.getElementById(id);
  return element ? (element as HTMLInputElement).value : '';
}
