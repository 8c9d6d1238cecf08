import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readToc } from '../../../src/core/archive/file/tocReader';
import type { VerifyProblemKind } from '../../../src/core/model/backups';
import type { VerifyLevel } from '../../../src/core/model/options';

/** Majors of servers and tools. */
export const every = [13, 15, 17, 18];
/** pg_dump has other methods than gzip since 16. */
const withMethods = [17, 18];

/** One way to damage a backup, and what finds it. */
export interface DamageCase {
  what: string;
  majors: readonly number[];
  /** Arguments of pg_dump. */
  dump: string[];
  damage: (backup: string) => Promise<void> | void;
  /**
   * Which run of the tool exits with 0 in spite of the damage: a listing, or a read of everything.
   */
  silent?: { of: 'list' | 'read'; majors: readonly number[] };
  /** The first level that finds the damage without a manifest. */
  caught: [VerifyLevel, VerifyProblemKind];
  /** With a manifest the first level always finds it, as this problem. */
  byManifest: VerifyProblemKind;
}

/** The row that is damaged: nothing of it compresses, so it is in every file as it is. */
export const row = createHash('md5').update('1500').digest('hex');

function cut(file: string, to: (size: number) => number): void {
  truncateSync(file, to(statSync(file).size));
}

/** Changes the byte `shift` behind the start of `text`. */
export function change(
  file: string,
  text: string,
  shift: number,
  to: (byte: number) => number,
): void {
  const bytes = readFileSync(file);
  const at = bytes.lastIndexOf(text);
  assert.ok(at >= 0, `${text} is in ${file}`);
  bytes[at + shift] = to(bytes[at + shift] ?? 0);
  writeFileSync(file, bytes);
}

const flipTop = (byte: number): number => byte ^ 0x80;

/** The file that holds the rows of the table, whatever its ending. */
async function rowsOf(directory: string): Promise<string> {
  const toc = await readToc(directory);
  const index = toc.listed().find((i) => toc.desc(i) === 'TABLE DATA' && toc.tag(i) === 'numbered');
  const name = toc.fileName(index ?? -1) ?? '';
  const found = ['', '.gz', '.lz4', '.zst'].map((end) => path.join(directory, name + end));
  return found.find((file) => existsSync(file)) ?? '';
}

/** Up to the last whole line before `size`. */
function cutAtLine(file: string, to: (size: number) => number): void {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf('\n', to(bytes.length)) + 1;
  writeFileSync(file, bytes.subarray(0, end));
}

/** Where a file is cut: within the data, where a tar has no checksum of its own. */
const middle = (size: number): number => Math.floor(size * 0.6);

export const damageCases: DamageCase[] = [
  ...[['-Z0'], ['-Z6']].map((compress): DamageCase => ({
    what: `a custom archive (${compress.join()}) that ends early, as a killed dump leaves it`,
    majors: every,
    dump: ['-Fc', ...compress],
    damage: (backup) => cut(backup, middle),
    silent: { of: 'list', majors: every },
    caught: ['structure', 'truncated'],
    byManifest: 'sizeChanged',
  })),
  ...['lz4', 'zstd'].map((method): DamageCase => ({
    what: `a custom archive (${method}) that ends early`,
    majors: withMethods,
    dump: ['-Fc', '-Z', method],
    damage: (backup) => cut(backup, middle),
    silent: { of: 'list', majors: withMethods },
    caught: ['structure', 'truncated'],
    byManifest: 'sizeChanged',
  })),
  {
    what: 'a flipped bit in uncompressed data',
    majors: every,
    dump: ['-Fc', '-Z0'],
    damage: (backup) => change(backup, row, 3, flipTop),
    silent: { of: 'read', majors: every },
    caught: ['fullRead', 'badRow'],
    byManifest: 'checksumMismatch',
  },
  {
    what: 'a flipped bit in lz4 data',
    majors: withMethods,
    dump: ['-Fc', '-Z', 'lz4'],
    damage: (backup) => change(backup, row.slice(0, 12), 3, flipTop),
    silent: { of: 'read', majors: withMethods },
    caught: ['fullRead', 'badRow'],
    byManifest: 'checksumMismatch',
  },
  {
    what: 'a tab that became another character',
    majors: [17],
    dump: ['-Fc', '-Z0'],
    damage: (backup) => change(backup, `\t${row}`, 0, () => 0x49),
    silent: { of: 'read', majors: [17] },
    caught: ['fullRead', 'badRow'],
    byManifest: 'checksumMismatch',
  },
  {
    what: 'a digit that became a letter',
    majors: [13, 17],
    dump: ['-Fc', '-Z0'],
    damage: (backup) => change(backup, `1500\t${row}`, 1, () => 0x6f),
    silent: { of: 'read', majors: [13, 17] },
    caught: ['trialRestore', 'rowsDiffer'],
    byManifest: 'checksumMismatch',
  },
  ...(
    [
      ['-Z6', every],
      ['-Zzstd', withMethods],
    ] as const
  ).map(([compress, majors]): DamageCase => ({
    what: `flipped bits in compressed data (${compress})`,
    majors,
    dump: ['-Fc', compress],
    damage: (backup) => {
      const bytes = readFileSync(backup);
      for (let at = middle(bytes.length); at < middle(bytes.length) + 40; at++) bytes[at]! ^= 0xff;
      writeFileSync(backup, bytes);
    },
    caught: ['fullRead', 'damaged'],
    byManifest: 'checksumMismatch',
  })),
  {
    what: 'a tar that ends within its data, at which pg_restore spins',
    majors: every,
    dump: ['-Ft'],
    damage: (backup) => cut(backup, (size) => Math.floor(size * 0.3)),
    silent: { of: 'list', majors: every },
    caught: ['structure', 'truncated'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a tar that ends behind its data',
    majors: every,
    dump: ['-Ft'],
    damage: (backup) => {
      const at = readFileSync(backup).indexOf('restore.sql\0');
      cut(backup, () => at);
    },
    silent: { of: 'read', majors: every },
    caught: ['structure', 'noEnd'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a flipped bit in a tar',
    majors: [15, 18],
    dump: ['-Ft'],
    damage: (backup) => {
      // The last occurrence is in restore.sql, which no tool reads.
      const bytes = readFileSync(backup);
      const at = bytes.indexOf(row);
      bytes[at + 3]! ^= 0x80;
      writeFileSync(backup, bytes);
    },
    silent: { of: 'read', majors: [15, 18] },
    caught: ['fullRead', 'badRow'],
    byManifest: 'checksumMismatch',
  },
  {
    what: 'a directory without one of its files',
    majors: every,
    dump: ['-Fd'],
    damage: async (backup) => rmSync(await rowsOf(backup)),
    silent: { of: 'list', majors: every },
    caught: ['structure', 'missing'],
    byManifest: 'missing',
  },
  ...['lz4', 'zstd'].flatMap((method): DamageCase[] => [
    {
      what: `a directory with a ${method} file that ends early`,
      majors: withMethods,
      dump: ['-Fd', '-Z', method],
      damage: async (backup) => cut(await rowsOf(backup), (size) => Math.floor(size / 2)),
      silent: { of: 'read', majors: withMethods },
      caught: ['structure', 'truncated'],
      byManifest: 'sizeChanged',
    },
    {
      what: `a directory with an empty ${method} file`,
      majors: withMethods,
      dump: ['-Fd', '-Z', method],
      damage: async (backup) => cut(await rowsOf(backup), () => 0),
      silent: { of: 'read', majors: withMethods },
      caught: ['structure', 'truncated'],
      byManifest: 'sizeChanged',
    },
  ]),
  {
    what: 'a directory with a gzip file that lacks its last byte',
    majors: every,
    dump: ['-Fd', '-Z6'],
    damage: async (backup) => cut(await rowsOf(backup), (size) => size - 1),
    caught: ['structure', 'truncated'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a directory with half a gzip file',
    majors: every,
    dump: ['-Fd', '-Z6'],
    damage: async (backup) => cut(await rowsOf(backup), (size) => Math.floor(size / 2)),
    caught: ['structure', 'truncated'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a directory with an empty gzip file',
    majors: every,
    dump: ['-Fd', '-Z6'],
    damage: async (backup) => cut(await rowsOf(backup), () => 0),
    silent: { of: 'read', majors: every },
    caught: ['structure', 'truncated'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a directory with an uncompressed file that ends behind a row',
    majors: every,
    dump: ['-Fd', '-Z0'],
    damage: async (backup) => cutAtLine(await rowsOf(backup), middle),
    silent: { of: 'read', majors: every },
    caught: ['structure', 'truncated'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a script that ends behind a row, which psql takes for whole',
    majors: every,
    dump: ['-Fp'],
    damage: (backup) => cutAtLine(backup, middle),
    caught: ['structure', 'noEnd'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a script that ends between two statements',
    majors: [17],
    dump: ['-Fp'],
    damage: (backup) => {
      const text = readFileSync(backup, 'utf8');
      writeFileSync(backup, text.slice(0, text.indexOf(';\n') + 2));
    },
    caught: ['structure', 'noEnd'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a flipped bit in a script',
    majors: [17],
    dump: ['-Fp'],
    damage: (backup) => change(backup, row, 3, flipTop),
    caught: ['fullRead', 'badRow'],
    byManifest: 'checksumMismatch',
  },
  {
    what: 'a compressed script that ends early',
    majors: [13, 17],
    dump: ['-Fp', '-Z6'],
    damage: (backup) => cut(backup, middle),
    caught: ['structure', 'damaged'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a script that ended behind a row before it was compressed',
    majors: [17],
    dump: ['-Fp', '-Z6'],
    damage: (backup) => {
      const text = gunzipSync(readFileSync(backup));
      writeFileSync(
        backup,
        gzipSync(text.subarray(0, text.lastIndexOf('\n', middle(text.length)) + 1)),
      );
    },
    caught: ['structure', 'noEnd'],
    byManifest: 'sizeChanged',
  },
];
