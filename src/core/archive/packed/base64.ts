import { AppError } from '../../errors';

/** Bytes of a file in UTF-16 that are no character of base64: its mark, and every second one. */
const PADDING_OF_UTF16 = /[\0\xff\xfe]/g;

/**
 * What a file in base64 holds, in lines or not, on demand.
 *
 * @throws AppError `archiveDamaged` at a byte that base64 does not have; what `pieces` throws
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
