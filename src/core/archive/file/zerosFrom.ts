import { readBytes, type ByteSource } from '../bytes/byteSource';
import { sourcePieces } from '../bytes/pieces';

/**
 * Where the zeros begin that a text ends in; its size, if there are none. Text itself has no zeros, so
 * it is searched by halves: room that was reserved can be large.
 *
 * @param width bytes of one character: 2 in UTF-16, of which only one may be zero
 * @throws AppError as reading
 */
export async function zerosFrom(source: ByteSource, width: 1 | 2 = 1): Promise<number> {
  const isZero = async (at: number): Promise<boolean> =>
    (await readBytes(source, at * width, width)).every((byte) => byte === 0);
  let end = Math.ceil(source.size / width);
  if (end === 0 || !(await isZero(end - 1))) return source.size;
  let from = 0;
  while (from < end) {
    const middle = Math.floor((from + end) / 2);
    if (await isZero(middle)) end = middle;
    else from = middle + 1;
  }
  return end * width;
}

/**
 * Number of zeros that a file begins with; more than `most` are not counted.
 *
 * @throws AppError as reading
 */
export async function zerosBefore(source: ByteSource, most: number): Promise<number> {
  let zeros = 0;
  const range = { start: 0, end: Math.min(source.size, most) };
  for await (const piece of sourcePieces(source, range)) {
    const other = piece.findIndex((byte) => byte !== 0);
    if (other >= 0) return zeros + other;
    zeros += piece.length;
  }
  return zeros;
}
