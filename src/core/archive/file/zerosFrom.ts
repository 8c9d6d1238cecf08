import { readBytes, type ByteSource } from '../bytes/byteSource';

/**
 * Where the zeros begin that a text ends in; its size, if there are none. Text itself has no zeros, so
 * it is searched by halves: room that was reserved can be large.
 *
 * @throws AppError as reading
 */
export async function zerosFrom(source: ByteSource): Promise<number> {
  const isZero = async (at: number): Promise<boolean> => (await readBytes(source, at, 1))[0] === 0;
  let end = source.size;
  if (end === 0 || !(await isZero(end - 1))) return end;
  let from = 0;
  while (from < end) {
    const middle = Math.floor((from + end) / 2);
    if (await isZero(middle)) end = middle;
    else from = middle + 1;
  }
  return end;
}
