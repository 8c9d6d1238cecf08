/** Shown in place of a secret. */
const DOTS = '••••••••';

/**
 * A text with secrets in an input box. The box shows dots for the secrets, and the rest of the text
 * can be edited.
 */
export class SecretBox {
  private hidden: string[] = [];

  /** The full text, with the secrets in place of the dots in `shown`. */
  fullText(shown: string): string {
    let at = 0;
    return shown.replaceAll(DOTS, () => this.hidden[at++] ?? '');
  }

  /**
   * The text that the box shows.
   *
   * @param secrets as they are written in the text; if one is not found there, nothing is shown
   */
  shownText(full: string, secrets: readonly string[]): string {
    const ranges: { start: number; end: number }[] = [];
    for (const secret of secrets) {
      const start = placeOf(full, secret);
      if (start < 0) {
        this.hidden = [full];
        return DOTS;
      }
      ranges.push({ start, end: start + secret.length });
    }
    ranges.sort((a, b) => a.start - b.start);
    this.hidden = ranges.map(({ start, end }) => full.slice(start, end));
    let shown = '';
    let at = 0;
    for (const { start, end } of ranges) {
      shown += full.slice(at, start) + DOTS;
      at = Math.max(at, end);
    }
    return shown + full.slice(at);
  }
}

/** Position of a secret where it is a value, not part of a name that is spelt alike. */
function placeOf(text: string, secret: string): number {
  const inUrl = text.indexOf(`:${secret}@`);
  if (inUrl >= 0) return inUrl + 1;
  for (const before of ['=', '="', "='", '={', '= ', '= "', "= '"]) {
    const at = text.indexOf(before + secret);
    if (at >= 0) return at + before.length;
  }
  return -1;
}
