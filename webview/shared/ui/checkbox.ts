import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';

export interface CheckboxProps {
  id: string;
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  invalid?: boolean;
  /** Ids of the texts at the field, see `field`. */
  describedBy?: string | undefined;
}

/** A checkbox with its label beside it. */
export function checkbox(props: CheckboxProps): TemplateResult {
  return html`<vscode-checkbox
    id=${props.id}
    aria-label=${props.label}
    aria-describedby=${props.describedBy ?? nothing}
    aria-invalid=${props.invalid === true ? 'true' : nothing}
    ?disabled=${props.disabled ?? false}
    @change=${(event: Event) => {
      // FAST fires the event for a change made by the page too; so this must stand before `.checked`.
      const { checked } = event.currentTarget as HTMLInputElement;
      if (checked !== props.checked) props.onChange(checked);
    }}
    .checked=${live(props.checked)}
    >${props.label}</vscode-checkbox
  >`;
}
