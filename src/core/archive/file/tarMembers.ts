import { throwIfCancelled } from '../../abort';
import { readBytes, type ByteSource } from '../bytes/byteSource';

/** One member of a tar file. */
export interface TarMember {
  name: string;
  /** Size in bytes according to the header; the file may be shorter. */
  size: number;
  /** Offset of the data. */
  offset: number;
  /** `0` (or NUL) = regular file, `2` = link, `5` = directory, … */
  type: string;
}

export const TAR_BLOCK = 512;

/** Decodes a member's header; null = wrong magic or checksum. */
export function parseTarHeader(block: Buffer, offset: number): TarMember | null {
  if (block.length < TAR_BLOCK || block.toString('latin1', 257, 262) !== 'ustar') return null;
  let sum = 0;
  // The checksum is computed as if its own field held blanks.
  for (let i = 0; i < TAR_BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : block[i]!;
  if (parseNumber(block, 148, 8) !== sum) return null;
  const size = parseNumber(block, 124, 12);
  if (size === null) return null;
  const prefix = text(block, 345, 155);
  const name = text(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size,
    offset: offset + TAR_BLOCK,
    type: String.fromCharCode(block[156]!),
  };
}

function text(block: Buffer, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

/** A number in octal digits, or in big-endian bytes if the top bit is set (sizes over 8 GB). */
function parseNumber(block: Buffer, start: number, length: number): number | null {
  if ((block[start]! & 0x80) !== 0) {
    let value = block[start]! & 0x7f;
    for (let i = 1; i < length; i++) value = value * 256 + block[start + i]!;
    return Number.isSafeInteger(value) ? value : null;
  }
  const digits = block
    .toString('latin1', start, start + length)
    .replace(/[\0 ]+$/, '')
    .trimStart();
  if (!/^[0-7]*$/.test(digits)) return null;
  return digits === '' ? 0 : parseInt(digits, 8);
}

export interface TarWalk {
  members: TarMember[];
  /** Does a block of zeros follow the last member, as in a complete tar file? */
  ended: boolean;
  /** Why reading stopped early; null = it did not. */
  problem: { offset: number; reading: string } | null;
}

/** Limit for the number of members: pg_dump writes one for each table and large object. */
const MAX_MEMBERS = 20_000_000;

/** Reads the headers of all members in turn. */
export async function walkTar(
  source: ByteSource,
  options: { signal?: AbortSignal | undefined; visit?: (member: TarMember) => boolean } = {},
): Promise<TarWalk> {
  const members: TarMember[] = [];
  const stop = (offset: number, reading: string): TarWalk => ({
    members,
    ended: false,
    problem: { offset, reading },
  });
  // Small members are close together, so one read brings several headers.
  const windowSize = 64 << 10;
  let window: Buffer = Buffer.alloc(0);
  let base = 0;
  let at = 0;
  while (members.length < MAX_MEMBERS) {
    throwIfCancelled(options.signal);
    if (at < base || at + TAR_BLOCK > base + window.length) {
      window = await readBytes(source, at, windowSize);
      base = at;
    }
    const block = window.subarray(at - base, at - base + TAR_BLOCK);
    if (block.length === 0) return stop(at, 'end of the tar file');
    if (block.length < TAR_BLOCK) return stop(at, 'header of a tar member');
    if (block.every((byte) => byte === 0)) return { members, ended: true, problem: null };
    const member = parseTarHeader(block, at);
    if (member === null) return stop(at, 'header of a tar member');
    members.push(member);
    if (options.visit?.(member) === false) return { members, ended: false, problem: null };
    if (member.offset + member.size > source.size) {
      return stop(source.size, `tar member ${member.name}`);
    }
    at = member.offset + Math.ceil(member.size / TAR_BLOCK) * TAR_BLOCK;
  }
  return stop(at, 'tar members');
}

/** The first member of this name, or null. */
export async function findTarMember(source: ByteSource, name: string): Promise<TarMember | null> {
  let found: TarMember | null = null;
  await walkTar(source, {
    visit: (member) => {
      if (member.name === name) found = member;
      return found === null;
    },
  });
  return found;
}
