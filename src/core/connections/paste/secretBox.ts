/** What stands for a secret in a box that shows the rest. */
const DOTS = '••••••••';

/**
 * A text with secrets in it, in a box that anybody may look at: dots stand for them there, and the
 * text can still be edited.
 */
export class SecretBox {
  private hidden: string[] = [];

  /** The whole text behind what the box shows. */
  fullText(shown: string): string {
    let at = 0;
    return shown.replaceAll(DOTS, () => this.hidden[at++] ?? '');
  }

  /**
   * What the box is to show.
   *
   * @param secrets as they stand in the text; when one cannot be found there, nothing is shown
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

/** Where a value begins, not a name that is spelt alike. */
function placeOf(text: string, secret: string): number {
  const inUrl = text.indexOf(`:${secret}@`);
  if (inUrl >= 0) return inUrl + 1;
  for (const before of ['=', '="', "='", '={', '= ', '= "', "= '"]) {
    const at = text.indexOf(before + secret);
    if (at >= 0) return at + before.length;
  }
  return -1;
}
