import { AppError } from '../../errors';

/** Bytes that UTF-16 adds to base64: the byte order mark, and every second byte. */
const PADDING_OF_UTF16 = /[\0\xff\xfe]/g;

/**
 * Decodes base64, with or without line ends, on demand.
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
    const text = piece.toString('latin1').replace(PADDING_OF_UTF16, ' ');
    const odd = text.search(ended ? /[^=\s]/ : /[^A-Za-z0-9+/=\s]/);
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
