import words from './serverWords.json';

/**
 * The messages that matter, in all languages of servers, from the message catalogs of PostgreSQL 13
 * to 18: `zh_CN 17` is what 17 says otherwise than 18, or as well. `%s` and the like stand for names.
 * English first, the others in its order; '' = a language has no word of its own.
 */
const WORDS: Readonly<Record<string, readonly string[]>> = words;
const ENGLISH = WORDS['en'] ?? [];

/** `%s`, `%u`, `%2$s`, …; a name can be in any quotes, or none. */
const PLACE = /%(?:(\d)\$)?[sudm]/g;

interface Sentence {
  /** What stands before, between and behind the names. */
  parts: readonly string[];
  /** The English one, and which of its places each name stands for. */
  english: string;
  places: readonly number[];
}

/** Made when the first message of another language comes. */
let sentences: readonly Sentence[] | null = null;

/**
 * A server's message in English, with its names; unchanged where no language has it.
 *
 * @param isKnown is the text a known English message, so that nothing has to be looked up?
 */
export function inEnglish(line: string, isKnown: (text: string) => boolean): string {
  if (isKnown(line)) return line;
  sentences ??= sentencesOfAll();
  for (const { parts, english, places } of sentences) {
    const found = namesIn(line, parts);
    if (found === null) continue;
    const names = new Map(places.map((place, at) => [place, found[at] ?? '']));
    let place = 0;
    return english.replace(PLACE, () => names.get(++place) ?? '');
  }
  return line;
}

/**
 * The names between the parts; null = the line is another sentence. A search for each part, and no
 * regular expression: a line that repeats the parts thousands of times takes no longer than others.
 */
function namesIn(line: string, parts: readonly string[]): string[] | null {
  const told = /[.;:]$/.test(line) ? namesBetween(line.slice(0, -1), parts) : null;
  return told ?? namesBetween(line, parts);
}

function namesBetween(line: string, parts: readonly string[]): string[] | null {
  const [first = '', ...more] = parts;
  const last = more.pop();
  if (last === undefined) return line === first ? [] : null;
  if (!line.startsWith(first) || !line.endsWith(last)) return null;
  const names: string[] = [];
  let at = first.length;
  for (const part of more) {
    const next = line.indexOf(part, at + 1);
    if (next < 0) return null;
    names.push(line.slice(at, next));
    at = next + part.length;
  }
  const lastAt = line.length - last.length;
  return lastAt > at ? [...names, line.slice(at, lastAt)] : null;
}

/**
 * Of two sentences that match, the longer one comes first: in the shorter one a name could contain the
 * rest.
 */
function sentencesOfAll(): Sentence[] {
  return Object.entries(WORDS)
    .filter(([language]) => language !== 'en')
    .flatMap(([, said]) => said.flatMap((text, at) => (text === '' ? [] : sentenceOf(text, at))))
    .sort((a, b) => lengthOf(b) - lengthOf(a));
}

function lengthOf({ parts }: Sentence): number {
  return parts.join('').length;
}

function sentenceOf(text: string, at: number): Sentence {
  const places: number[] = [];
  let next = 0;
  for (const [, place] of text.matchAll(PLACE)) places.push(place ? Number(place) : ++next);
  return {
    parts: text.split(PLACE).filter((_, part) => part % 2 === 0),
    english: ENGLISH[at] ?? '',
    places,
  };
}
