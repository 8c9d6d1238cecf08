// Every way in which tests pack a dump, and the expected result of each: made by code from the real
// archives, so that the expectation stands beside the file.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { ErrorCode } from '../../../src/core/errors';
import type { Packaging } from '../../../src/core/model/archive';
import { base64Layouts } from './base64Layouts';
import { buildTar } from './buildTar';
import { buildZip, endOfZip, type ZipMember } from './buildZip';
import { bytesOf, extractTar, real, split } from './dumpFiles';

/** The expected result for a packed file. */
export type Verdict =
  /** The same dump as the fixture of this name, and how it was packed. */
  | { opens: string; by: Packaging[]; member?: string }
  | { refused: ErrorCode; details?: Record<string, unknown> };

export interface PackedCase {
  name: string;
  /** Writes it into a folder and returns the path that is opened. */
  make: (dir: string) => string;
  verdict: Verdict;
}

const script = (): Buffer => gunzipSync(bytesOf('plain.sql.gz'));

function file(name: string, content: () => Buffer | string): PackedCase['make'] {
  return (dir) => {
    const at = path.join(dir, name);
    writeFileSync(at, content());
    return at;
  };
}

/** The files of a directory archive, each behind `prefix`. */
function members(directory: string, prefix: string): [string, Buffer][] {
  return readdirSync(real(directory)).map((name) => [
    prefix + name,
    readFileSync(path.join(real(directory), name)),
  ]);
}

const zipped = (list: readonly [string, Buffer | string][]): Buffer =>
  buildZip(list.map(([name, content]): ZipMember => ({ name, content })));

const LETTERS = ['x.dump.aa', 'x.dump.ab', 'x.dump.ac', 'x.dump.ad'];
const NUMBERS = ['x.dump.001', 'x.dump.002', 'x.dump.003'];
const PARTS = ['x.sql.part1', 'x.sql.part2'];
const FROM_ZERO = ['x.dump.gz.00', 'x.dump.gz.01', 'x.dump.gz.02'];

const opened: PackedCase[] = [
  {
    name: 'a custom archive in gzip',
    make: file('x.dump.gz', () => gzipSync(bytesOf('mini.17.dump'))),
    verdict: { opens: 'mini.17.dump', by: ['gzip'] },
  },
  {
    name: 'a custom archive in bzip2',
    make: file('x.dump.bz2', () => bytesOf('mini.17.dump.bz2')),
    verdict: { opens: 'mini.17.dump', by: ['bzip2'] },
  },
  {
    name: 'a tar archive in xz',
    make: file('x.tar.xz', () => bytesOf('mini.18.tar.xz')),
    verdict: { opens: 'mini.18.tar', by: ['xz'] },
  },
  {
    name: 'a tar archive in gzip',
    make: file('x.tar.gz', () => gzipSync(bytesOf('mini.15.tar'))),
    verdict: { opens: 'mini.15.tar', by: ['gzip'] },
  },
  {
    name: 'a custom archive that was gzipped twice',
    make: file('x.dump.gz.gz', () => gzipSync(gzipSync(bytesOf('mini.13.dump')))),
    verdict: { opens: 'mini.13.dump', by: ['gzip', 'gzip'] },
  },
  {
    name: 'a script in zstd in gzip',
    make: file('x.sql.zst.gz', () => gzipSync(bytesOf('plain.sql.zst'))),
    verdict: { opens: 'plain.sql.zst', by: ['gzip'] },
  },
  {
    name: 'a custom archive in gzip in base64, as PowerShell writes it',
    make: file('shop.b64', () => {
      const text = gzipSync(bytesOf('mini.17.dump')).toString('base64');
      return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    }),
    verdict: { opens: 'mini.17.dump', by: ['base64', 'gzip'] },
  },
  ...base64Layouts.map(([how, content]): PackedCase => ({
    name: `a custom archive in base64 ${how}`,
    make: file('shop.b64', content),
    verdict: { opens: 'mini.16.none.dump', by: ['base64'] },
  })),
  {
    name: 'base64 with something else in it',
    make: file('shop.b64', () => `${bytesOf('mini.17.dump').toString('base64')}\n*`),
    verdict: { refused: 'archiveDamaged', details: { reading: 'base64' } },
  },
  {
    name: 'a zip with a custom archive',
    make: file('x.zip', () => zipped([['backups/shop.dump', bytesOf('mini.16.dump')]])),
    verdict: { opens: 'mini.16.dump', by: ['zip'], member: 'backups/shop.dump' },
  },
  {
    name: 'a zip with a script in gzip, and what macOS puts beside it',
    make: file('x.zip', () =>
      zipped([
        ['__MACOSX/._shop.sql.gz', 'rubbish'],
        ['shop.sql.gz', bytesOf('plain.sql.gz')],
        ['.DS_Store', 'rubbish'],
      ]),
    ),
    verdict: { opens: 'plain.sql.gz', by: ['zip'], member: 'shop.sql.gz' },
  },
  {
    name: 'a zip with a dump, a script by hand and a readme',
    make: file('x.zip', () =>
      zipped([
        ['README.md', '# Restore this\n'],
        ['before.sql', 'CREATE ROLE app;\n'],
        ['shop.dump', bytesOf('mini.17.zstd.dump')],
      ]),
    ),
    verdict: { opens: 'mini.17.zstd.dump', by: ['zip'], member: 'shop.dump' },
  },
  {
    name: 'a zip with a directory archive',
    make: file('x.zip', () => zipped(members('mini.17.dir', 'shop/'))),
    verdict: { opens: 'mini.17.dir', by: ['zip'], member: 'shop/' },
  },
  {
    name: 'a tar.gz with a directory archive',
    make: file('x.tar.gz', () =>
      gzipSync(buildTar([['shop.dir/', '', '5'], ...members('mini.18.zstd.dir', 'shop.dir/')])),
    ),
    verdict: { opens: 'mini.18.zstd.dir', by: ['gzip', 'tar'], member: 'shop.dir/' },
  },
  {
    name: 'a tar of what is in a directory archive',
    make: file('x.tar', () => buildTar(members('mini.16.none.dir', './'))),
    verdict: { opens: 'mini.16.none.dir', by: ['tar'], member: './' },
  },
  {
    name: 'a tar with one dump whose name is long',
    make: file('x.tar', () =>
      buildTar([
        ['././@LongLink', `${'deep/'.repeat(40)}shop.dump\0`, 'L'],
        ['deep', bytesOf('mini.14.dump')],
      ]),
    ),
    verdict: { opens: 'mini.14.dump', by: ['tar'], member: `${'deep/'.repeat(40)}shop.dump` },
  },
  {
    name: 'a zip in a zip',
    make: file('x.zip', () =>
      zipped([['inner.zip', zipped([['shop.dump', bytesOf('mini.17.dump')]])]]),
    ),
    verdict: { opens: 'mini.17.dump', by: ['zip', 'zip'], member: 'inner.zip' },
  },
  {
    name: 'files of split, by the first',
    make: (dir) => split(dir, bytesOf('mini.17.dump'), { names: LETTERS, open: 'x.dump.aa' }),
    verdict: { opens: 'mini.17.dump', by: ['parts'] },
  },
  {
    name: 'files of split, by one in the middle',
    make: (dir) => split(dir, bytesOf('mini.17.dump'), { names: LETTERS, open: 'x.dump.ac' }),
    verdict: { opens: 'mini.17.dump', by: ['parts'] },
  },
  {
    name: 'numbered files',
    make: (dir) => split(dir, bytesOf('mini.18.dump'), { names: NUMBERS, open: 'x.dump.002' }),
    verdict: { opens: 'mini.18.dump', by: ['parts'] },
  },
  {
    name: 'parts of a script',
    make: (dir) => split(dir, script(), { names: PARTS, open: 'x.sql.part1' }),
    verdict: { opens: 'plain.sql.gz', by: ['parts'] },
  },
  {
    name: 'files, from 0 on, of a compressed archive',
    make: (dir) =>
      split(dir, gzipSync(bytesOf('mini.17.dump')), { names: FROM_ZERO, open: 'x.dump.gz.00' }),
    verdict: { opens: 'mini.17.dump', by: ['parts', 'gzip'] },
  },
  {
    name: 'an unpacked tar archive',
    make: (dir) => {
      extractTar('mini.15.tar', path.join(dir, 'tar15'));
      return path.join(dir, 'tar15');
    },
    verdict: { opens: 'mini.15.tar', by: [] },
  },
  {
    name: 'an unpacked tar archive with lists of large objects',
    make: (dir) => {
      extractTar('mini.18.tar', path.join(dir, 'tar18'));
      return path.join(dir, 'tar18');
    },
    verdict: { opens: 'mini.18.tar', by: [] },
  },
  {
    name: 'an unpacked tar archive in a zip',
    make: (dir) => {
      extractTar('mini.18.tar', path.join(dir, 'inzip'));
      const names = readdirSync(path.join(dir, 'inzip'));
      const list = names.map((name): [string, Buffer] => [
        name,
        readFileSync(path.join(dir, 'inzip', name)),
      ]);
      return file('x.zip', () => zipped(list))(dir);
    },
    verdict: { opens: 'mini.18.tar', by: ['zip'], member: '' },
  },
  {
    name: 'backups that are numbered, each a dump',
    make: (dir) => {
      cpSync(real('mini.17.dump'), path.join(dir, 'x.dump.1'));
      cpSync(real('mini.18.dump'), path.join(dir, 'x.dump.2'));
      return path.join(dir, 'x.dump.2');
    },
    verdict: { opens: 'mini.18.dump', by: [] },
  },
];

const refused: PackedCase[] = [
  {
    name: 'a zip with two dumps',
    make: file('x.zip', () =>
      zipped([
        ['a.dump', bytesOf('mini.17.dump')],
        ['b.sql', script()],
      ]),
    ),
    verdict: { refused: 'packedChoice', details: { names: ['a.dump', 'b.sql'] } },
  },
  {
    name: 'a zip without a dump',
    make: file('x.zip', () =>
      zipped([
        ['a.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1])],
        ['b.txt', 'hello'],
      ]),
    ),
    verdict: { refused: 'nothingPacked', details: { files: 2 } },
  },
  {
    name: 'a zip with a dump of MySQL',
    make: file('x.zip', () =>
      zipped([['a.sql', '-- MySQL dump 10.13\nCREATE TABLE `a` (i int);\n']]),
    ),
    verdict: { refused: 'notADump', details: { looksLike: 'mysql' } },
  },
  {
    name: 'an empty zip',
    make: file('x.zip', () => endOfZip(0, 0, 0)),
    verdict: { refused: 'nothingPacked', details: { files: 0 } },
  },
  {
    name: 'an encrypted zip',
    make: file('x.zip', () =>
      buildZip([{ name: 'a.dump', content: bytesOf('mini.17.dump'), says: { flags: 1 } }]),
    ),
    verdict: { refused: 'notADump', details: { looksLike: 'encrypted' } },
  },
  {
    name: 'a zip with a method that zlib has not',
    make: file('x.zip', () =>
      buildZip([{ name: 'a.dump', content: bytesOf('mini.17.dump'), says: { method: 9 } }]),
    ),
    verdict: { refused: 'compressionUnsupported' },
  },
  {
    name: 'a zip whose checksum is wrong',
    make: file('x.zip', () =>
      buildZip([{ name: 'a.dump', content: bytesOf('mini.17.dump'), says: { sum: 1 } }]),
    ),
    verdict: { refused: 'archiveDamaged' },
  },
  {
    name: 'a zip that says less than it holds',
    make: file('x.zip', () =>
      buildZip([{ name: 'a.dump', content: bytesOf('mini.17.dump'), says: { size: 100 } }]),
    ),
    verdict: { refused: 'archiveDamaged' },
  },
  {
    name: 'a zip that is cut',
    make: file('x.zip', () => zipped([['a.dump', bytesOf('mini.17.dump')]]).subarray(0, 90_000)),
    verdict: { refused: 'archiveDamaged' },
  },
  {
    name: 'a custom archive in gzip that is damaged',
    make: file('x.dump.gz', () => gzipSync(bytesOf('mini.17.dump')).fill(0xff, 90_000, 90_100)),
    verdict: { refused: 'archiveDamaged' },
  },
  {
    name: 'a script in gzip in gzip that is cut',
    make: file('x.gz', () => gzipSync(gzipSync(script())).subarray(0, 900)),
    verdict: { refused: 'archiveDamaged' },
  },
  {
    name: 'a tar archive in a tar in gzip that is cut',
    make: file('x.tgz', () =>
      gzipSync(buildTar([['a.tar', bytesOf('mini.18.tar')]])).subarray(0, 9000),
    ),
    verdict: { refused: 'archiveDamaged' },
  },
  {
    name: 'a zip that says it has 60,000 members',
    make: file('x.zip', () => endOfZip(60_000, 46 * 60_000, 0)),
    verdict: { refused: 'archiveDamaged' },
  },
  {
    name: 'a script in gzip six times over',
    make: file('x.gz', () => {
      let bytes = script();
      for (let i = 0; i < 8; i++) bytes = gzipSync(bytes);
      return bytes;
    }),
    verdict: { refused: 'unpacksTooLarge', details: { reason: 'layers' } },
  },
  {
    name: 'gigabytes of nothing behind the beginning of a dump',
    make: file('x.dump.gz', () => {
      const nothing = gzipSync(Buffer.alloc(16 << 20), { level: 9 });
      const parts = Array.from({ length: 80 }, () => nothing);
      return Buffer.concat([gzipSync(bytesOf('mini.17.dump')), ...parts]);
    }),
    verdict: { refused: 'unpacksTooLarge', details: { reason: 'ratio' } },
  },
  {
    name: 'a tar with a link that has the name of a table of contents',
    make: file('x.tar', () =>
      buildTar([
        ['shop/toc.dat', '', '2'],
        ['shop/1.dat', '/etc/passwd', '2'],
      ]),
    ),
    verdict: { refused: 'nothingPacked', details: { files: 0 } },
  },
  {
    name: 'files of split of which one is missing',
    make: (dir) =>
      split(dir, bytesOf('mini.17.dump'), {
        names: LETTERS,
        open: 'x.dump.aa',
        without: ['x.dump.ab'],
      }),
    verdict: { refused: 'partMissing', details: { missing: 'x.dump.ab' } },
  },
  {
    name: 'files of split without the first',
    make: (dir) =>
      split(dir, bytesOf('mini.17.dump'), {
        names: LETTERS,
        open: 'x.dump.ab',
        without: ['x.dump.aa'],
      }),
    verdict: { refused: 'partMissing', details: { missing: 'x.dump.aa' } },
  },
  {
    name: 'numbered files without the first',
    make: (dir) =>
      split(dir, bytesOf('mini.17.dump'), {
        names: NUMBERS,
        open: 'x.dump.003',
        without: ['x.dump.001'],
      }),
    verdict: { refused: 'partMissing', details: { missing: 'x.dump.001' } },
  },
];

/**
 * Members with names that would lead to other folders if they were used as paths: the dump opens,
 * and no other file is made.
 */
const hostile: PackedCase[] = [
  '../../shop.dump',
  '/etc/shop.dump',
  'C:\\Windows\\shop.dump',
  '..\\..\\shop.dump',
  'shop\u202Epmud.dump',
  `${'n'.repeat(3000)}.dump`,
  '-rf.dump',
  '....',
].map((name) => ({
  name: `a zip with a dump that is called ${name.slice(0, 40)}`,
  make: file('x.zip', () => buildZip([{ name, content: bytesOf('mini.17.dump') }])),
  verdict: { opens: 'mini.17.dump', by: ['zip'], member: name.replaceAll('\\', '/') },
}));

/** Every case. */
export const packedCases: readonly PackedCase[] = [...opened, ...hostile, ...refused];
