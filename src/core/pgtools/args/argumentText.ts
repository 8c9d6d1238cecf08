/** Problem of a line of arguments: the quote at this index (from 0) is never closed. */
export interface UnclosedQuote {
  unclosedQuote: number;
}

/**
 * Reads a line of arguments as people type it: separated by white space, with '…' or "…" around
 * what belongs together. Inside quotes everything is literal up to the same quote, and a backslash
 * is a backslash everywhere, so that paths of Windows and quoted patterns stay what they are:
 * `--schema='"My Schema"'`.
 */
export function parseArgumentText(text: string): string[] | UnclosedQuote {
  const args: string[] = [];
  let current: string | null = null;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '"' || c === "'") {
      const end = text.indexOf(c, i + 1);
      if (end < 0) return { unclosedQuote: i };
      current = (current ?? '') + text.slice(i + 1, end);
      i = end;
    } else if (/\s/.test(c)) {
      if (current !== null) args.push(current);
      current = null;
    } else {
      current = (current ?? '') + c;
    }
  }
  if (current !== null) args.push(current);
  return args;
}

/** The line that `parseArgumentText` reads as these arguments. */
export function formatArgumentText(args: readonly string[]): string {
  return args.map(formatArgument).join(' ');
}

function formatArgument(arg: string): string {
  if (arg !== '' && !/[\s'"]/.test(arg)) return arg;
  if (!arg.includes("'")) return `'${arg}'`;
  if (!arg.includes('"')) return `"${arg}"`;
  return arg
    .split("'")
    .map((part) => (part === '' ? '' : `'${part}'`))
    .join(`"'"`);
}
