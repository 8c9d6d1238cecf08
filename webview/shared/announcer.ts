/** Speaks to screen readers without moving anything on the page. */
export class Announcer {
  private readonly polite = region('polite');
  private readonly assertive = region('assertive');
  private last = '';

  /** Said when the reader is done with what it is saying; the same text twice in a row is said once. */
  say(text: string): void {
    if (text === '' || text === this.last) return;
    this.last = text;
    // The earlier failure is over.
    this.assertive.textContent = '';
    this.polite.textContent = text;
  }

  /** Interrupts: for failures only. */
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
