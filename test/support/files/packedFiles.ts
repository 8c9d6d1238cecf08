import { testedMajors } from '../install/postgres';
import type { CorpusEntry } from './entry';

/** Each compression with the ending of its files and the command of its program. */
const COMPRESSORS = [
  ['gzip', 'gz', 'gzip -9'],
  ['zstd', 'zst', 'zstd -q -19'],
  ['lz4', 'lz4', 'lz4 -q -9'],
  ['bzip2', 'bz2', 'bzip2 -9'],
  ['xz', 'xz', 'xz -9'],
] as const;

/** Dumps that were compressed by the usual programs. */
const compressed: readonly CorpusEntry[] = COMPRESSORS.flatMap(([by, ending, program]) => [
  {
    file: `script.sql.${ending}`,
    make: `pg_dump | ${program} > $NAME`,
    verdict: { opens: 'plain' },
  },
  {
    file: `custom.dump.${ending}`,
    make: `pg_dump -Fc -Z0 | ${program} > $NAME`,
    verdict: { opens: 'custom', by: [by] },
  },
  {
    file: `tar.tar.${ending}`,
    make: `pg_dump -Ft | ${program} > $NAME`,
    verdict: { opens: 'tar', by: [by] },
  },
]);

const archives: readonly CorpusEntry[] = [
  ...testedMajors.map((major): CorpusEntry => ({
    file: `custom.${major}.dump`,
    make: 'pg_dump -Fc > $NAME',
    major,
    verdict: { opens: 'custom' },
  })),
  ...[13, 18].map((major): CorpusEntry => ({
    file: `directory.${major}`,
    make: 'pg_dump -Fd -f $NAME',
    major,
    verdict: { opens: 'directory' },
  })),
  ...[13, 18].map((major): CorpusEntry => ({
    file: `unpacked-tar.${major}`,
    make: 'mkdir $NAME && pg_dump -Ft | tar -x -C $NAME',
    major,
    verdict: { opens: 'directory' },
  })),
  ...[13, 18].map((major): CorpusEntry => ({
    file: `tar.${major}.tar`,
    make: 'pg_dump -Ft > $NAME',
    major,
    verdict: { opens: 'tar' },
  })),
  ...['zstd', 'lz4'].map((method): CorpusEntry => ({
    file: `custom.${method}.dump`,
    make: `pg_dump -Fc --compress=${method} > $NAME`,
    verdict: { opens: 'custom' },
  })),
];

const zips: readonly CorpusEntry[] = [
  {
    file: 'one-dump.zip',
    make: 'mkdir b; pg_dump -Fc > b/shop.dump; echo read me > b/README.txt; zip -qr $NAME b; rm -r b',
    verdict: { opens: 'custom', by: ['zip'], member: 'b/shop.dump' },
  },
  {
    file: 'directory.zip',
    make: 'pg_dump -Fd -f shop; zip -qr $NAME shop; rm -r shop',
    verdict: { opens: 'directory', by: ['zip'], member: 'shop/' },
  },
  {
    file: 'unpacked-tar.zip',
    make: 'mkdir t; pg_dump -Ft | tar -x -C t; zip -qr $NAME t; rm -r t',
    verdict: { opens: 'directory', by: ['zip'], member: 't/' },
  },
  {
    file: 'directory.tar.gz',
    make: 'pg_dump -Fd -f shop; tar -czf $NAME shop; rm -r shop',
    verdict: { opens: 'directory', by: ['gzip', 'tar'], member: 'shop/' },
  },
  {
    file: 'script.tgz',
    make: 'pg_dump > shop.sql; tar -czf $NAME ./shop.sql; rm shop.sql',
    verdict: { opens: 'plain', by: ['gzip', 'tar'], member: './shop.sql' },
  },
  {
    file: 'tar.zip',
    make: 'pg_dump -Ft > shop.tar; zip -q $NAME shop.tar; rm shop.tar',
    verdict: { opens: 'tar', by: ['zip'], member: 'shop.tar' },
  },
  {
    file: 'several.tar.gz',
    make: 'pg_dump -Fc > a.dump; pg_dump > b.sql; tar -czf $NAME a.dump b.sql; rm a.dump b.sql',
    verdict: {
      refused: 'packedChoice',
      details: { names: ['a.dump', 'b.sql'] },
      says: /holds 2 dumps\. Choose one/,
    },
  },
  {
    file: 'several.zip',
    make: 'pg_dump -Fc > a.dump; pg_dump > b.sql; zip -q $NAME a.dump b.sql; rm a.dump b.sql',
    verdict: {
      refused: 'packedChoice',
      details: { names: ['a.dump', 'b.sql'] },
      says: /holds 2 dumps\. Choose one/,
    },
  },
  {
    file: 'twice.dump.gz.xz',
    make: 'pg_dump -Fc | gzip | xz > $NAME',
    verdict: { opens: 'custom', by: ['xz', 'gzip'] },
  },
  {
    file: 'encrypted.zip',
    make: 'pg_dump -Fc > a.dump; zip -q -P secret $NAME a.dump; rm a.dump',
    verdict: { refused: 'notADump', details: { looksLike: 'encrypted' }, says: /Decrypt it first/ },
  },
  {
    file: 'no-dump.zip',
    make: 'echo hello > a.txt; printf "\\x89PNG\\0" > b.png; zip -q $NAME a.txt b.png; rm a.txt b.png',
    verdict: { refused: 'nothingPacked', details: { files: 2 }, says: /no dump/ },
  },
  {
    file: 'shop.7z',
    make: `printf '7z\\xbc\\xaf\\x27\\x1c\\0\\4' > $NAME`,
    verdict: {
      refused: 'compressionUnsupported',
      details: { method: '7z' },
      says: /Unpack it first/,
    },
  },
  {
    file: 'shop.rar',
    make: `printf 'Rar!\\x1a\\x07\\1\\0' > $NAME`,
    verdict: {
      refused: 'compressionUnsupported',
      details: { method: 'rar' },
      says: /Unpack it first/,
    },
  },
];

const parts: readonly CorpusEntry[] = [
  {
    file: 'split/shop.dump.aa',
    make: 'pg_dump -Fc | split -n 3 - shop.dump. 2> /dev/null || { pg_dump -Fc > d; split -n 3 d shop.dump.; rm d; }',
    verdict: { opens: 'custom', by: ['parts'] },
  },
  {
    file: 'numbered/shop.sql.gz.part1',
    make: 'pg_dump | gzip > d; split -n 2 -a 1 --numeric-suffixes=1 d shop.sql.gz.part; rm d',
    verdict: { opens: 'plain', by: ['parts'] },
  },
  {
    file: 'part-missing/shop.dump.aa',
    make: 'pg_dump -Fc > d; split -n 3 d shop.dump.; rm d shop.dump.ab',
    verdict: {
      refused: 'partMissing',
      details: { missing: 'shop.dump.ab' },
      says: /shop\.dump\.ab .*missing/,
    },
  },
  {
    file: 'base64.txt',
    make: 'pg_dump -Fc | base64 > $NAME',
    verdict: { opens: 'custom', by: ['base64'] },
  },
  {
    file: 'restore-sql/restore.sql',
    make: 'pg_dump -Ft | tar -x restore.sql',
    verdict: {
      refused: 'notADump',
      details: { looksLike: 'tarScript' },
      says: /belongs to an unpacked tar archive/,
    },
  },
];

/** All dumps that were packed, split or unpacked. */
export const packedFiles: readonly CorpusEntry[] = [...compressed, ...archives, ...zips, ...parts];
