/** How a string constant began, and so how it ends. */
export type Opening =
  /**
   * Quotes, as many as the constants around it double them; before each stand `backslashes` of
   * them, where an escape string is around it.
   */
  | { kind: 'quotes'; run: number; backslashes: number; escapes: boolean }
  | { kind: 'dollar'; tag: string }
  /** Up to the next double quote: people write these by mistake for a string. */
  | { kind: 'doubleQuotes' }
  /** A string of JSON; before each of its quotes stand `backslashes`, where it is in another one. */
  | { kind: 'json'; backslashes: number }
  /** Up to a mark that is not part of the value, such as the end of a dollar quote. */
  | { kind: 'mark'; mark: string };

const OPENER =
  /(?:(?<prefix>[eEnNbBxX]|[uU]&)?(?<backslashes>\\*)(?<quotes>'+)|(?<tag>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$))/y;

/** The string constant that begins exactly at `at`; `content` is where its value begins. */
export function openingAt(text: string, at: number): { opening: Opening; content: number } | null {
  OPENER.lastIndex = at;
  const found = OPENER.exec(text);
  if (found === null) return null;
  const { prefix = '', backslashes = '', quotes = '', tag } = found.groups ?? {};
  if (tag !== undefined) {
    return { opening: { kind: 'dollar', tag }, content: at + tag.length };
  }
  // Constants inside of others double their quotes at each level, so what is left of a run belongs
  // to the value: `'''x'` is a quote and x, `''x''` an x one level deeper.
  const run = backslashes === '' ? quotes.length & -quotes.length : 1;
  const escapes = prefix.toLowerCase() === 'e';
  return {
    opening: { kind: 'quotes', run, backslashes: backslashes.length, escapes },
    content: at + prefix.length + backslashes.length + run,
  };
}

/** Where a value that began as `opening` says ends. */
export interface Ending {
  /** End of the value. */
  end: number;
  /** Behind what closes it. */
  after: number;
}

/** null: not in this text. */
export function endingIn(text: string, from: number, opening: Opening): Ending | null {
  switch (opening.kind) {
    case 'dollar': {
      const end = text.indexOf(opening.tag, from);
      return end < 0 ? null : { end, after: end + opening.tag.length };
    }
    case 'doubleQuotes': {
      const end = text.indexOf('"', from);
      return end < 0 ? null : { end, after: end + 1 };
    }
    case 'mark': {
      const end = text.indexOf(opening.mark, from);
      return end < 0 ? null : { end, after: end + opening.mark.length };
    }
    case 'json':
      return closingJson(text, from, opening.backslashes);
    case 'quotes':
      return closingQuote(text, from, opening);
  }
}

/** Each level of JSON in JSON escapes the backslashes of the one in it, and adds its own. */
function closingJson(text: string, from: number, backslashes: number): Ending | null {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (quote - slashes > from && text[quote - slashes - 1] === '\\') slashes++;
    const own = slashes - backslashes;
    if (own >= 0 && own % (2 * (backslashes + 1)) === 0) {
      return { end: quote - backslashes, after: quote + 1 };
    }
  }
  return null;
}

function closingQuote(
  text: string,
  from: number,
  { run, backslashes, escapes }: Extract<Opening, { kind: 'quotes' }>,
): Ending | null {
  for (let at = from; ;) {
    const quote = text.indexOf("'", at);
    if (quote < 0) return null;
    let after = quote + 1;
    while (text[after] === "'") after++;
    let slashes = 0;
    while (quote - slashes > from && text[quote - slashes - 1] === '\\') slashes++;
    const units = Math.floor((after - quote) / run);
    const escaped = backslashes > 0 ? slashes > backslashes : escapes && slashes % 2 === 1;
    if (escaped && after - quote === 1) {
      at = after;
      continue;
    }
    // Fewer quotes than it began with: what is around it ends.
    const closes = backslashes > 0 || units === 0 || (units - (escaped ? 1 : 0)) % 2 === 1;
    if (!closes) {
      at = after;
      continue;
    }
    // With standard_conforming_strings off a backslash escapes in every constant, and the setting
    // is unknown here.
    const line = text.indexOf('\n', after);
    const next = text.indexOf("'", after);
    const perhaps = !escapes && backslashes === 0 && slashes % 2 === 1;
    if (perhaps && next >= 0 && (line < 0 || next < line)) {
      at = after;
      continue;
    }
    return { end: quote + Math.max(0, units - 1) * run, after };
  }
}
