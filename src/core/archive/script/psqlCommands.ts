/**
 * The backslash commands that pg_dump and pg_dumpall write, to the letter: psql runs what stands in
 * backticks even in the arguments of `\restrict` (measured with 17), and `\connect` takes a user,
 * host and port after the database, or all of them in a connection string.
 */
const pgDumpsOwn = new RegExp(
  [
    String.raw`^\\(?:un)?restrict [A-Za-z0-9]+$`,
    // Before a `\connect` to a name that is not plain.
    String.raw`^\\encoding \w+$`,
    String.raw`^\\connect (?:"(?!postgres(?:ql)?://)(?:[^"\`=]|"")*"|[^\s'"\`=:\\]+)$`,
    // Only these two are escaped there; psql would take another `\` for the next command's.
    String.raw`^\\connect -reuse-previous=on "dbname='(?:[^'"\`\\]|""|\\[\\'])*'"$`,
  ].join('|'),
);

/** Longest backslash command that is looked at, in bytes: a name has 63 characters. */
export const maxCommand = 4096;

/**
 * Whether `text`, the head of `line`, is one of these. A command may hide behind blanks, so a line
 * that is longer than what was read is never one.
 */
export function isPgDumpsOwn(line: Buffer, text: string): boolean {
  return line.length <= maxCommand && pgDumpsOwn.test(text);
}

/** The database that the arguments of `\connect` name; null for none (or `-`, the same one). */
export function connectTarget(text: string): string | null {
  const named = psqlArguments(text).find((arg) => !arg.startsWith('-reuse-previous'));
  if (named === undefined || named === '-') return null;
  // What cannot be a plain name is a connection string.
  const conninfo = /(?:^|\s)dbname\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(\S+))/s.exec(named);
  if (conninfo === null) return named;
  return (conninfo[1] ?? conninfo[2] ?? '').replace(/\\(.)/gs, '$1');
}

/** Cuts a backslash command's arguments as psql does: `"` and `'` quote, doubled they are meant. */
function psqlArguments(text: string): string[] {
  const args: string[] = [];
  let current: string | null = null;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote !== '') {
      if (c === quote && text[i + 1] === quote) current += text.charAt(i++);
      else if (c === quote) quote = '';
      else if (c === '\\' && quote === "'") current += text.charAt(++i);
      else current += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      current ??= '';
    } else if (/\s/.test(c)) {
      if (current !== null) args.push(current);
      current = null;
    } else current = (current ?? '') + c;
  }
  if (current !== null) args.push(current);
  return args;
}
