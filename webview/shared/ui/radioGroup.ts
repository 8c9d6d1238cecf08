import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';

export interface RadioOption<V extends string> {
  value: V;
  label: string;
  description?: string;
}

export interface RadioGroupProps<V extends string> {
  id: string;
  label: string;
  value: V;
  options: readonly RadioOption<V>[];
  onChange: (value: V) => void;
  /** Below each other, in columns of equal width, or in a row. */
  layout?: 'list' | 'columns' | 'row';
  disabled?: boolean;
  describedBy?: string | undefined;
}

/** A group of radio buttons. */
export function radioGroup<V extends string>(props: RadioGroupProps<V>): TemplateResult {
  return html`<vscode-radio-group
    id=${props.id}
    class="radio-${props.layout ?? 'list'}"
    name=${props.id}
    orientation="vertical"
    aria-label=${props.label}
    aria-describedby=${props.describedBy ?? nothing}
    ?disabled=${props.disabled ?? false}
    @change=${(event: Event) => {
      // Fired for a change made by the page too; so this must stand before `.value`.
      const value = (event.currentTarget as HTMLInputElement).value as V;
      const known = props.options.some((option) => option.value === value);
      if (known && value !== props.value) props.onChange(value);
    }}
    .value=${live(props.value)}
    >${repeat(
      props.options,
      (option) => option.value,
      (option) =>
        html`<vscode-radio value=${option.value}
          ><span class="radio-label">${option.label}</span>${
            option.description
              ? html` <span class="radio-description">${option.description}</span>`
              : nothing
          }</vscode-radio
        >`,
    )}</vscode-radio-group
  >`;
}
