import path from 'node:path';
import { AppError } from '../../errors';
import { isFile } from '../../files/isFile';
import type { FileKind } from '../../model/archive';
import { detectFile } from '../file/detectFile';

/** Maximum number of parts. */
const MAX_PARTS = 10_000;
/** How many numbers after a missing part are tried, to tell a gap from the end. */
const LOOK_AHEAD = 3;

/** How parts are named: by the letters of `split`, or by numbers, as in `.part1`. */
interface Numbering {
  prefix: string;
  /** The suffix of the part with this index, from 0. */
  suffix(index: number): string;
  /** Index of the given file. */
  index: number;
}

const LETTERS = /^(.*[^a-z0-9])([a-z]{2,3})$/;
const DIGITS = /^(.*?(?:[^a-z0-9]|[^a-z0-9]part[-_.]?))(\d{1,4})$/i;

/** Behind the last name of this length come longer ones: no name comes twice. */
function letters(index: number, length: number): string {
  let text = '';
  for (let i = 0, left = index; i < length || left > 0; i++, left = Math.floor(left / 26)) {
    text = String.fromCharCode(97 + (left % 26)) + text;
  }
  return text;
}

/** The numbering in a file name; numbers begin at 0 if there is such a file, else at 1. */
async function numberingOf(file: string): Promise<Numbering | null> {
  const name = path.basename(file);
  const byLetters = LETTERS.exec(name);
  if (byLetters) {
    const [, prefix = '', suffix = ''] = byLetters;
    let index = 0;
    for (const letter of suffix) index = index * 26 + letter.charCodeAt(0) - 97;
    return { prefix, index, suffix: (i) => letters(i, suffix.length) };
  }
  const byDigits = DIGITS.exec(name);
  if (!byDigits) return null;
  const [, prefix = '', digits = ''] = byDigits;
  const suffix = (number: number): string => String(number).padStart(digits.length, '0');
  const first = (await isFile(path.join(path.dirname(file), prefix + suffix(0)))) ? 0 : 1;
  const index = Number(digits) - first;
  return index < 0 ? null : { prefix, index, suffix: (i) => suffix(i + first) };
}

/**
 * The files that a dump was split into, in order, if `file` is one of them; null otherwise. Only the
 * first part begins like a dump: a series of numbered backups is not a split dump.
 *
 * @throws AppError `partMissing` if a part other than the last is missing; `inputUnreadable`
 */
export async function splitParts(file: string): Promise<string[] | null> {
  const numbering = await numberingOf(file);
  if (numbering === null) return null;
  const at = (index: number): string =>
    path.join(path.dirname(file), numbering.prefix + numbering.suffix(index));
  return partsOf(at, numbering.index);
}

async function partsOf(at: (index: number) => string, given: number): Promise<string[] | null> {
  const first = at(0);
  if (!(await isFile(first))) return firstIsMissing(at, given);
  if (given > 0 && (await isFile(at(given))) && begins(await detectFile(at(given)))) return null;
  const parts = [first];
  while (parts.length < MAX_PARTS && (await isFile(at(parts.length)))) {
    parts.push(at(parts.length));
  }
  const behind = await laterPart(at, parts.length);
  if (parts.length === 1 && behind === null && given === 0) return null;
  if (!begins(await detectFile(first))) return null;
  const second = parts[1] ?? (behind === null ? null : at(behind));
  if (second === null || begins(await detectFile(second))) return null;
  if (behind !== null || given >= parts.length) {
    throw new AppError('partMissing', { path: first, missing: path.basename(at(parts.length)) });
  }
  return parts;
}

/** Reports a missing first part, if `given` has neighbours and does not begin like a dump. */
async function firstIsMissing(at: (index: number) => string, given: number): Promise<null> {
  if (given === 0 || given > LOOK_AHEAD) return null;
  const neighbours = [given - 1, given + 1].filter((index) => index > 0).map(at);
  const found = await Promise.all(neighbours.map(isFile));
  if (!found.includes(true)) return null;
  const kind = await detectFile(at(given));
  const middle = kind.kind === 'other' && ['binary', 'text'].includes(kind.looksLike);
  if (!middle) return null;
  throw new AppError('partMissing', { path: at(given), missing: path.basename(at(0)) });
}

/** Index of an existing part after a gap; null = none. */
async function laterPart(at: (index: number) => string, gap: number): Promise<number | null> {
  for (let index = gap + 1; index <= gap + LOOK_AHEAD; index++) {
    if (await isFile(at(index))) return index;
  }
  return null;
}

/** Does the file begin like a dump, complete or not? */
function begins(kind: FileKind): boolean {
  if (kind.kind === 'plain') return kind.byPgDump;
  return kind.kind !== 'other' || kind.looksLike === 'truncatedArchive';
}
