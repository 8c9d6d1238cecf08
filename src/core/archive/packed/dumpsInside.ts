import type { FileKind, Packaging } from '../../model/archive';
import { AppError } from '../../errors';
import { CooperativeLoop } from '../../cooperativeLoop';
import { DecodeError } from '../bytes/byteQueue';
import { unpacked } from '../compression/codecs';
import { detectHead } from '../file/detectFile';
import { isMemberName } from '../file/memberNames';
import { refusalOf } from '../file/unreadableKind';
import { hasMagic } from '../toc/tocHeader';
import { baseName, folderOf, type Member } from './member';

/** A possible dump in a zip or tar file. */
export interface DumpInside {
  /** Name of the file, or of a directory archive's folder. */
  name: string;
  /** The file itself, or the files of the directory archive. */
  files: readonly Member[];
  directory: boolean;
  /** true = pg_dump made it; false = a script that may be anything. */
  certain: boolean;
}

/** Enough to recognise an archive or pg_dump's heading. */
const HEAD = 16 << 10;
/** Maximum number of files that are examined. */
const MAX_LOOKS = 5000;
/** To see the beginning of one costs more where a block of many has to be unpacked first. */
const COSTLY_LOOK: Partial<Record<Packaging, number>> = { bzip2: 20, xz: 20 };

/** Maximum number of dumps that the user can choose from. */
const MAX_OFFERED = 200;

/** Files that operating systems add. */
const LITTER = /(?:^|\/)(?:__MACOSX\/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/;

/**
 * Chooses the dump in a zip or tar file: the one with this name, else the only one, or the only one
 * that pg_dump certainly made.
 *
 * @throws AppError `packedChoice` if there are several; `objectUnknown`, `nothingPacked`,
 *   `notADump`, `unpacksTooLarge`; as reading
 */
export async function chooseDump(
  path: string,
  members: readonly Member[],
  options: { name?: string | null | undefined; signal?: AbortSignal | undefined },
): Promise<DumpInside> {
  const files = members.filter(({ name }) => !LITTER.test(name));
  const { dumps, others } = await dumpsIn(path, files, options.signal);
  if (options.name !== undefined && options.name !== null) {
    const named = dumps.find(({ name }) => name === options.name);
    if (named !== undefined) return named;
    throw new AppError('objectUnknown', { name: options.name, where: path });
  }
  const certain = dumps.filter((dump) => dump.certain);
  const [only, ...more] = certain.length > 0 ? certain : dumps;
  if (only === undefined) {
    const [other] = others;
    if (other !== undefined && files.length === 1) throw refusalOf(path, other);
    throw new AppError('nothingPacked', { path, files: files.length });
  }
  if (more.length > 0) {
    const names = dumps.slice(0, MAX_OFFERED).map(({ name }) => name);
    throw new AppError('packedChoice', { path, names });
  }
  return only;
}

async function dumpsIn(
  path: string,
  files: readonly Member[],
  signal: AbortSignal | undefined,
): Promise<{ dumps: DumpInside[]; others: Extract<FileKind, { kind: 'other' }>[] }> {
  const looks = new Looks(path);
  const loop = new CooperativeLoop(signal);
  const dumps = await directoriesIn(files, looks, loop);
  const taken = new Set(dumps.flatMap((dump) => dump.files));
  const rest = files.filter((file) => !taken.has(file) && file.size > 0);
  looks.expect(rest.length);
  const others: Extract<FileKind, { kind: 'other' }>[] = [];
  for (const file of rest) {
    const kind = await kindOf(file, looks);
    if (kind.kind === 'other') others.push(kind);
    else {
      const certain = kind.kind === 'archive' || (kind.kind === 'plain' && kind.byPgDump);
      dumps.push({ name: file.name, files: [file], directory: false, certain });
    }
    if (loop.shouldYield) await loop.yield();
  }
  return { dumps, others };
}

/** Counts what looking at files costs, so that a file made of thousands of them ends the search. */
class Looks {
  private left = MAX_LOOKS;

  constructor(private readonly path: string) {}

  /** @throws AppError `unpacksTooLarge` if there are not so many looks left */
  expect(looks: number): void {
    if (looks > this.left) {
      throw new AppError('unpacksTooLarge', { path: this.path, reason: 'files' });
    }
  }

  take(looks: number): void {
    this.expect(looks);
    this.left -= looks;
  }
}

/** Directory archives: folders with a table of contents, and their members. */
async function directoriesIn(
  files: readonly Member[],
  looks: Looks,
  loop: CooperativeLoop,
): Promise<DumpInside[]> {
  const found = new Map<string, Member[]>();
  for (const file of files) {
    if (baseName(file.name) !== 'toc.dat') continue;
    looks.take(1);
    if (hasMagic(await headOf(file.open()))) found.set(folderOf(file.name), []);
    if (loop.shouldYield) await loop.yield();
  }
  if (found.size === 0) return [];
  for (const file of files) {
    const name = baseName(file.name);
    if (isMemberName(name) || name === 'restore.sql') found.get(folderOf(file.name))?.push(file);
  }
  return [...found].map(([folder, members]) => ({
    name: folder,
    files: members,
    directory: true,
    certain: true,
  }));
}

/** The kind of file that a compressed file contains. */
async function kindOf(file: Member, looks: Looks): Promise<FileKind> {
  const head = await headOf(file.open());
  const kind = detectHead(head, file.size);
  looks.take(kind.kind === 'packed' ? (COSTLY_LOOK[kind.by] ?? 1) : 1);
  if (kind.kind !== 'packed' || !isCompression(kind.by)) return kind;
  const inner = await headOf(unpacked(file.open(), kind.by));
  return inner.length === 0 ? kind : detectHead(inner, Infinity);
}

function isCompression(
  by: Packaging,
): by is Exclude<Packaging, 'zip' | 'tar' | 'base64' | 'parts'> {
  return by !== 'zip' && by !== 'tar' && by !== 'base64' && by !== 'parts';
}

/** The beginning of the content, as far as it can be read. */
async function headOf(pieces: AsyncGenerator<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of pieces) {
      parts.push(piece);
      length += piece.length;
      if (length >= HEAD) break;
    }
  } catch (error) {
    const isDamaged = error instanceof DecodeError || AppError.is(error, 'archiveDamaged');
    if (!isDamaged || (length === 0 && AppError.is(error))) throw error;
  }
  return Buffer.concat(parts).subarray(0, HEAD);
}
