import { AppError } from '../../errors';

/** Bytes that UTF-16 adds to base64: the byte order mark, and every second byte. And UTF-8's mark. */
const NO_CHARACTERS = /[\0\xff\xfe]|^\xef\xbb\xbf/g;

/** What stands before the base64 of a `data:` URL. */
const DATA_URL = /^data:[^,\n]{0,200};base64,/i;

/**
 * The bytes that a text in base64 begins with: in lines or not, indented, with lines that are empty,
 * in the alphabet of URLs. null = it is none. `text`: its beginning, with plain line ends.
 */
export function base64Begin(text: string): Buffer | null {
  const lines = text.trimStart().replace(DATA_URL, '').split('\n');
  const odd = lines.findIndex((line) => !/^\s*[\w+/-]*=*\s*$/.test(line));
  const characters = lines
    .slice(0, odd < 0 ? undefined : odd)
    .join('')
    .replaceAll(/\s+/g, '');
  const enough = odd < 0 ? SHORTEST : LINE;
  return characters.length < enough ? null : Buffer.from(characters, 'base64');
}

/** Characters that must be there of a whole text, and in front of something else. */
const SHORTEST = 16;
const LINE = 64;

/**
 * Decodes base64 in each of the layouts that `base64Begin` accepts, on demand.
 *
 * @throws AppError `archiveDamaged` for a byte that is not base64; the errors of `pieces`
 */
export async function* base64Decoded(
  path: string,
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  let rest = '';
  let offset = 0;
  let ended = false;
  for await (const piece of pieces) {
    let text = piece.toString('latin1').replace(NO_CHARACTERS, (found) => blank(found.length));
    if (offset === 0) text = withoutUrl(text);
    const odd = text.search(ended ? /[^=\s]/ : /[^\w+/=\s-]/);
    const behind = /=\s*[^=\s]/.exec(text)?.index ?? -1;
    const bad = odd >= 0 ? odd : behind;
    if (bad >= 0)
      throw new AppError('archiveDamaged', { path, offset: offset + bad, reading: 'base64' });
    ended ||= text.includes('=');
    offset += piece.length;
    const characters = rest + text.replace(/[=\s]+/g, '');
    const whole = characters.length - (characters.length % 4);
    rest = characters.slice(whole);
    if (whole > 0) yield Buffer.from(characters.slice(0, whole), 'base64');
  }
  if (rest.length > 1) yield Buffer.from(rest, 'base64');
}

const blank = (length: number): string => ' '.repeat(length);

/** Blanks what stands before the base64 of a `data:` URL; offsets stay what they are. */
function withoutUrl(text: string): string {
  const comma = text.indexOf(',');
  const before = text.slice(0, comma + 1).replaceAll(/\s+/g, '');
  return DATA_URL.test(before) ? blank(comma + 1) + text.slice(comma + 1) : text;
}
