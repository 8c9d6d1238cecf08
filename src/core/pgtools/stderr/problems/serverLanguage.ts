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
  pattern: RegExp;
  /** The English one, and which of its places each group stands for. */
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
  for (const { pattern, english, places } of sentences) {
    const match = pattern.exec(line);
    if (match === null) continue;
    const names = new Map(places.map((place, group) => [place, match[group + 1] ?? '']));
    let place = 0;
    return english.replace(PLACE, () => names.get(++place) ?? '');
  }
  return line;
}

/**
 * Of two patterns that match, the longer one comes first: in the shorter one a name could contain the
 * rest.
 */
function sentencesOfAll(): Sentence[] {
  return Object.entries(WORDS)
    .filter(([language]) => language !== 'en')
    .flatMap(([, said]) => said.flatMap((text, at) => (text === '' ? [] : sentenceOf(text, at))))
    .sort((a, b) => b.pattern.source.length - a.pattern.source.length);
}

function sentenceOf(text: string, at: number): Sentence {
  const places: number[] = [];
  let next = 0;
  const source = text
    .split(PLACE)
    .filter((_, part) => part % 2 === 0)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  for (const [, place] of text.matchAll(PLACE)) places.push(place ? Number(place) : ++next);
  return {
    pattern: new RegExp(`^${source.join('(.+?)')}(?=$|[.;:]$)`, 's'),
    english: ENGLISH[at] ?? '',
    places,
  };
}
