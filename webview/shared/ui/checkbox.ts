import { html, nothing, type TemplateResult } from 'lit';
import { shownLabel } from '../../../src/core/text/shownText';
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
  // The label may be a name from a database or a file.
  const label = shownLabel(props.label);
  return html`<vscode-checkbox
    id=${props.id}
    aria-label=${label}
    aria-describedby=${props.describedBy ?? nothing}
    aria-invalid=${props.invalid === true ? 'true' : nothing}
    ?disabled=${props.disabled ?? false}
    @change=${(event: Event) => {
      // FAST fires the event for a change made by the page too; so this must stand before `.checked`.
      const { checked } = event.currentTarget as HTMLInputElement;
      if (checked !== props.checked) props.onChange(checked);
    }}
    .checked=${live(props.checked)}
    >${label}</vscode-checkbox
  >`;
}
