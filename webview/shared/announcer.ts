/** Speaks to screen readers without moving anything on the page. */
export class Announcer {
  private readonly polite = region('polite');
  private readonly assertive = region('assertive');
  private last = '';

  /** Speaks after the current text; the same text twice in a row is spoken once. */
  say(text: string): void {
    if (text === '' || text === this.last) return;
    this.last = text;
    // The earlier alert is out of date.
    this.assertive.textContent = '';
    this.polite.textContent = text;
  }

  /** Interrupts the current text; for failures only. */
  alert(text: string): void {
    this.last = text;
    this.assertive.textContent = '';
    this.assertive.textContent = text;
  }
}

function region(politeness: 'polite' | 'assertive'): HTMLElement {
  const element = document.createElement('div');
  element.className = 'visually-hidden';
  element.setAttribute('role', politeness === 'polite' ? 'status' : 'alert');
  element.setAttribute('aria-live', politeness);
  document.body.append(element);
  return element;
}
