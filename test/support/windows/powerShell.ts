/**
 * What a program gets of a line that is typed into PowerShell on Windows, by the documented rules
 * (about_Parsing, about_Quoting_Rules, PSNativeCommandArgumentPassing) as far as the lines that are
 * shown need them. None of both PowerShells runs where the tests do.
 *
 * @param modern 7.3 and newer; else Windows PowerShell 5.1
 * @throws where the line has something that is not known here
 */
export function argumentsByPowerShell(line: string, modern: boolean): string[] {
  const call = line.startsWith('& ') ? line.slice(2) : line;
  const { words, verbatim } = wordsOf(call);
  // `--%` hands on the rest of the line, up to a pipe or a line break, with variables between
  // percent signs.
  if (verbatim !== null) {
    if (/[|\r\n%]/.test(verbatim)) throw new Error(`not handed on as it is: ${verbatim}`);
    return argumentsOfLine([...words.slice(1), verbatim].join(' '));
  }
  return argumentsOfLine(
    words
      .slice(1)
      .map(modern ? escaped : wrapped)
      .join(' '),
  );
}

function wordsOf(line: string): { words: string[]; verbatim: string | null } {
  const words: string[] = [];
  let rest = line;
  while (rest !== '') {
    if (rest.startsWith('--% ')) return { words, verbatim: rest.slice(4) };
    // Single quotes of any form; a pair of them within is one.
    const quoted = /^['‘-‛]((?:[^'‘-‛]|['‘-‛]{2})*)['‘-‛](?: |$)/.exec(rest);
    const bare = /^[\w=/\\-]+(?: |$)/.exec(rest);
    if (quoted) words.push((quoted[1] ?? '').replace(/(['‘-‛])['‘-‛]/g, '$1'));
    else if (bare) words.push(bare[0].trimEnd());
    else throw new Error(`not a word: ${rest}`);
    rest = rest.slice((quoted ?? bare)?.[0].length);
  }
  return { words, verbatim: null };
}

/** 5.1 only puts quotes around what has blanks; an empty argument vanishes. */
function wrapped(word: string): string {
  return /\s/.test(word) && !word.startsWith('"') ? `"${word}"` : word;
}

/** 7.3 escapes quotes, and backslashes before them. */
function escaped(word: string): string {
  if (word !== '' && !/[\s"]/.test(word)) return word;
  let line = '"';
  let backslashes = 0;
  for (const char of word) {
    if (char === '"') line += '\\'.repeat(backslashes + 1);
    backslashes = char === '\\' ? backslashes + 1 : 0;
    line += char;
  }
  return `${line}${'\\'.repeat(backslashes)}"`;
}

/** As programs of Windows read their command line (CommandLineToArgvW). */
function argumentsOfLine(line: string): string[] {
  const found: string[] = [];
  let word: string | null = null;
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const [run = ''] = /^\\+(?=")/.exec(line.slice(i)) ?? [];
    if (run !== '') {
      word = (word ?? '') + '\\'.repeat(Math.floor(run.length / 2));
      i += run.length;
      if (run.length % 2 === 1) word += '"';
      else quoted = !quoted;
    } else if (line[i] === '"') {
      word ??= '';
      quoted = !quoted;
    } else if (/[ \t]/.test(line[i] ?? '') && !quoted) {
      if (word !== null) found.push(word);
      word = null;
    } else word = (word ?? '') + (line[i] ?? '');
  }
  return word === null ? found : [...found, word];
}
