import { type ElementPart, nothing } from 'lit';
import { Directive, directive, type PartInfo, PartType } from 'lit/directive.js';

export interface InnerProps {
  /** Accessible name: the toolkit puts `Text field` in its place when it is connected. */
  label: string;
  /** Description, reason and errors in reading order. */
  note?: string | undefined;
  invalid?: boolean | undefined;
  /** Makes a text field a number field for assistive technology. */
  spin?:
    { min: number; max: number | undefined; value: number; text: string | undefined } | undefined;
  inputMode?: 'numeric' | undefined;
}

/** FAST keeps the native control of a text field or text area here. */
interface Host extends HTMLElement {
  control?: HTMLElement | undefined;
}

/**
 * Reaches the native control inside a toolkit text control: an id outside cannot be referred to from its
 * shadow tree, so the description is copied in and referred to there.
 */
class InnerDirective extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('inner() stands on an element');
  }

  render(_props: InnerProps): typeof nothing {
    return nothing;
  }

  override update(part: ElementPart, [props]: [InnerProps]): typeof nothing {
    const host = part.element as Host;
    // On the first render the element is connected, and has its control, only after this call.
    if (host.control) apply(host, props);
    else queueMicrotask(() => apply(host, props));
    return nothing;
  }
}

function apply(host: Host, props: InnerProps): void {
  const { control, shadowRoot: root } = host;
  if (!control || !root) return;
  let note = root.getElementById('note');
  if (!note) {
    note = document.createElement('span');
    note.id = 'note';
    note.hidden = true;
    root.append(note);
  }
  note.textContent = props.note ?? '';
  set(host, 'aria-label', props.label);
  set(control, 'aria-describedby', props.note ? 'note' : null);
  set(control, 'aria-invalid', props.invalid === true ? 'true' : null);
  set(control, 'inputmode', props.inputMode ?? null);
  if (props.spin) {
    const { min, max, value, text } = props.spin;
    const known = Number.isFinite(value);
    set(control, 'role', 'spinbutton');
    set(control, 'aria-valuemin', String(min));
    set(control, 'aria-valuemax', max === undefined ? null : String(max));
    set(control, 'aria-valuenow', known ? String(value) : null);
    set(control, 'aria-valuetext', known && text ? `${value}, ${text}` : null);
  }
}

function set(element: Element, name: string, value: string | null): void {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export const inner = directive(InnerDirective);
