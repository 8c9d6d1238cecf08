import { shownLabel } from '../../../src/core/text/shownText';
import { type ElementPart, html, nothing, type TemplateResult } from 'lit';
import { Directive, directive } from 'lit/directive.js';
import { repeat } from 'lit/directives/repeat.js';

export interface DropdownOption {
  value: string;
  label: string;
  disabled?: boolean;
}

export interface DropdownProps {
  id: string;
  label: string;
  value: string;
  options: readonly DropdownOption[];
  onChange: (value: string) => void;
  disabled?: boolean;
  describedBy?: string | undefined;
  invalid?: boolean;
}

interface Select extends HTMLElement {
  value: string;
  readonly options: readonly HTMLElement[];
}

/** A dropdown. */
export function dropdown(props: DropdownProps): TemplateResult {
  return html`<vscode-dropdown
    id=${props.id}
    class=${props.invalid === true ? 'control invalid' : 'control'}
    aria-label=${props.label}
    aria-describedby=${props.describedBy ?? nothing}
    aria-invalid=${props.invalid === true ? 'true' : nothing}
    ?disabled=${props.disabled ?? false}
    @change=${(event: Event) => {
      const { value } = event.currentTarget as Select;
      if (value !== props.value) props.onChange(value);
    }}
    ${chosen(props.value)}
    >${repeat(
      props.options,
      (option) => option.value,
      (option) =>
        html`<vscode-option value=${option.value} ?disabled=${option.disabled ?? false}
          >${shownLabel(option.label)}</vscode-option
        >`,
    )}</vscode-dropdown
  >`;
}

/** Sets the value after the options are rendered; the element ignores unknown values. */
class ChosenDirective extends Directive {
  private wanted = '';

  render(_value: string): typeof nothing {
    return nothing;
  }

  override update(part: ElementPart, [value]: [string]): typeof nothing {
    const select = part.element as Select;
    this.wanted = value;
    this.apply(select, 3);
    return nothing;
  }

  private apply(select: Select, tries: number): void {
    queueMicrotask(() => {
      if (select.value === this.wanted) return;
      const known = select.options?.some(
        (option) => (option as HTMLOptionElement).value === this.wanted,
      );
      if (known) select.value = this.wanted;
      else if (tries > 0) requestAnimationFrame(() => this.apply(select, tries - 1));
    });
  }
}

const chosen = directive(ChosenDirective);
