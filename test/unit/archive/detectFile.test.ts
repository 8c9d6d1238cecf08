import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { AppError } from '../../../src/core/errors';
import { getBackupInfo } from '../../../src/core/archive/inspect/backupInfo';
import { detectFile } from '../../../src/core/archive/file/detectFile';
import type { FileKind } from '../../../src/core/model/archive';
import { buildArchive } from './buildArchive';
import { buildTar, tarHeader } from '../../support/packed/buildTar';
import { fixture, fixtureNames, scratch } from './files';
import { itNeeds } from '../../support/needs';

type Plain = Extract<FileKind, { kind: 'plain' }>;

const plain = (more: Partial<Plain> = {}): Plain => ({
  kind: 'plain',
  compression: 'none',
  cluster: false,
  byPgDump: true,
  encoding: 'utf8',
  ...more,
});

const header = '--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n';
const archive = buildArchive([{ dumpId: 1, desc: 'TABLE', tag: 't' }]);
const noise = Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 37) % 256));

const inUtf16 = (text: string, encoding: 'utf16le' | 'utf16be'): Buffer => {
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf16be' ? bytes.swap16() : bytes;
};

describe('the kind of a file', () => {
  const files = scratch();

  it('is told for real archives', async () => {
    for (const name of fixtureNames(/\.(dump|dir|tar)$/)) {
      const format = name.endsWith('.dir') ? 'directory' : name.endsWith('.tar') ? 'tar' : 'custom';
      assert.deepEqual(await detectFile(fixture(name)), { kind: 'archive', format }, name);
    }
  });

  const scripts: [name: string, content: () => Buffer | string, expected: FileKind][] = [
    ['a dump', () => header, plain()],
    [
      'a dump of a cluster',
      () => header.replace('database', 'database cluster'),
      plain({ cluster: true }),
    ],
    ['a dump with a byte order mark', () => `\uFEFF${header}`, plain()],
    ['a dump with CR LF', () => header.replaceAll('\n', '\r\n'), plain()],
    [
      'a UTF-16 dump',
      () => Buffer.from(`\uFEFF${header}`, 'utf16le'),
      plain({ encoding: 'utf16le' }),
    ],
    ...(['utf16le', 'utf16be'] as const).flatMap((encoding) =>
      ['\uFEFF', ''].map((mark): [string, () => Buffer, FileKind] => [
        `a dump in ${encoding} ${mark ? 'with' : 'without'} a mark`,
        () => inUtf16(mark + header.replaceAll('\n', '\r\n') + '-- Größe таблица\n', encoding),
        plain({ encoding }),
      ]),
    ),
    ['a script by hand', () => 'create table t (id int);\n', plain({ byPgDump: false })],
    [
      'a script in LATIN1',
      () => Buffer.from("-- déjà\nINSERT INTO t VALUES ('\xe9');", 'latin1'),
      plain({ byPgDump: false }),
    ],
    ['a script by psql', () => '\\connect shop\nSELECT 1;', plain({ byPgDump: false })],
    ['a gzipped dump', () => gzipSync(header), plain({ compression: 'gzip' })],
    ['a zstd dump', () => readFileSync(fixture('plain.sql.zst')), plain({ compression: 'zstd' })],
    ['an lz4 dump', () => readFileSync(fixture('plain.sql.lz4')), plain({ compression: 'lz4' })],
    ['a gzipped archive', () => gzipSync(archive), { kind: 'packed', by: 'gzip' }],
    [
      'a gzipped tar archive',
      () => gzipSync(readFileSync(fixture('mini.18.tar'))),
      { kind: 'packed', by: 'gzip' },
    ],
  ];
  for (const [name, content, expected] of scripts) {
    it(`is told for ${name}, whatever its name`, async () => {
      assert.deepEqual(await detectFile(files.write('x.bin', content())), expected);
    });
  }

  const others: [name: string, content: Buffer | string, looksLike: string][] = [
    ['nothing', '', 'empty'],
    ['noise', noise, 'binary'],
    [
      'small numbers of two bytes',
      Buffer.from(Uint16Array.from({ length: 64 }, (_, i) => (i % 7) + 1).buffer),
      'binary',
    ],
    ['gzipped noise', gzipSync(noise), 'binary'],
    ['gzipped nothing', gzipSync(''), 'empty'],
    ['prose', 'Dear reader,\nthis is a letter.\n', 'text'],
    ['a MySQL dump', '-- MySQL dump 10.13  Distrib 8.0\nCREATE TABLE t (a int);', 'mysql'],
    [
      'a MariaDB dump',
      '/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n',
      'mysql',
    ],
    ['a gzipped MySQL dump', gzipSync('-- MySQL dump 10.13\nCREATE TABLE t (a int);'), 'mysql'],
    ['an SQLite database', 'SQLite format 3\0and pages', 'sqlite'],
    [
      'an SQLite dump',
      'PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a);',
      'sqlite',
    ],
    [
      'a base backup',
      buildTar([
        ['backup_label', 'x'],
        ['base/1/112', 'y'],
      ]),
      'basebackup',
    ],
    ['the first bytes of an archive', archive.subarray(0, 3), 'truncatedArchive'],
    ['an archive cut in its header', archive.subarray(0, 40), 'truncatedArchive'],
    ['a tar archive cut behind its first header', tarHeader('toc.dat', 1000), 'truncatedArchive'],
    ['an age file', 'age-encryption.org/v1\n-> X25519 ...', 'encrypted'],
    ['an armored age file', '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl', 'encrypted'],
    ['an OpenSSL file', Buffer.concat([Buffer.from('Salted__'), noise]), 'encrypted'],
    ['an armored PGP message', '-----BEGIN PGP MESSAGE-----\n\nhQEMA', 'encrypted'],
    [
      'a gpg --symmetric file',
      Buffer.concat([Buffer.from([0x8c, 0x0d, 4, 9, 3, 8]), noise]),
      'encrypted',
    ],
    [
      'a gpg --encrypt file',
      Buffer.concat([Buffer.from([0x85, 0x01, 0x8c, 3, 1, 2]), noise]),
      'encrypted',
    ],
  ];
  for (const [name, content, looksLike] of others) {
    it(`is told for ${name}`, async () => {
      const file = files.write('x.dump', content);
      assert.deepEqual(await detectFile(file), { kind: 'other', looksLike });
      await assert.rejects(getBackupInfo(file), (e) => {
        assert.ok(AppError.is(e, 'notADump'));
        assert.equal(e.details.looksLike, looksLike);
        return true;
      });
    });
  }

  for (const [method, magic] of [
    ['rar', [0x52, 0x61, 0x72, 0x21, 0x1a, 7]],
    ['7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ] as const) {
    it(`is told for ${method}`, async () => {
      const file = files.write('x.sql', Buffer.concat([Buffer.from(magic), noise]));
      assert.deepEqual(await detectFile(file), { kind: 'other', looksLike: 'compressed', method });
      await assert.rejects(getBackupInfo(file), (e) => {
        assert.ok(AppError.is(e, 'compressionUnsupported'));
        assert.equal(e.details.method, method);
        return true;
      });
    });
  }

  for (const [name, content, by] of [
    ['a zip', Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), noise]), 'zip'],
    ['a tar of something', buildTar([['readme.txt', 'x']]), 'tar'],
    ['a tar made of a directory archive', buildTar([['./toc.dat', archive]]), 'tar'],
    ['a script that was gzipped twice', gzipSync(gzipSync('SELECT 1;')), 'gzip'],
  ] as const) {
    it(`is told for ${name}`, async () => {
      assert.deepEqual(await detectFile(files.write('x.sql', content)), { kind: 'packed', by });
    });
  }

  it('of a compressed archive is refused with the method', async () => {
    const file = files.write('x.dump.gz', gzipSync(archive));
    await assert.rejects(getBackupInfo(file), (e) => AppError.is(e, 'compressionUnsupported'));
  });

  it('of a directory depends on its toc.dat', async () => {
    const make = (name: string, members: Record<string, Buffer | string>): string => {
      const dir = path.join(files.dir, name);
      mkdirSync(dir);
      for (const [member, content] of Object.entries(members)) {
        writeFileSync(path.join(dir, member), content);
      }
      return dir;
    };
    const toc = buildArchive([{ dumpId: 1, desc: 'TABLE', tag: 't' }], { format: 'directory' });
    const cases: [Record<string, Buffer | string>, FileKind][] = [
      [{ 'toc.dat': toc }, { kind: 'archive', format: 'directory' }],
      [{}, { kind: 'other', looksLike: 'directoryWithoutToc' }],
      [{ 'toc.dat': '' }, { kind: 'other', looksLike: 'truncatedArchive' }],
      [{ 'toc.dat': toc.subarray(0, 30) }, { kind: 'other', looksLike: 'truncatedArchive' }],
      [{ 'toc.dat': 'something else' }, { kind: 'other', looksLike: 'directoryWithoutToc' }],
      [
        { backup_manifest: '{}', 'base.tar.gz': '' },
        { kind: 'other', looksLike: 'basebackup' },
      ],
      [{ PG_VERSION: '17\n' }, { kind: 'other', looksLike: 'basebackup' }],
    ];
    for (const [index, [members, expected]] of cases.entries()) {
      assert.deepEqual(await detectFile(make(`dir ${index}`, members)), expected, `case ${index}`);
    }
  });

  itNeeds('links', 'of what cannot be read is an error', async () => {
    await assert.rejects(detectFile(path.join(files.dir, 'no such')), (e) =>
      AppError.is(e, 'inputMissing'),
    );
    await assert.rejects(detectFile('/dev/null'), (e) => AppError.is(e, 'inputUnreadable'));
    const loop = path.join(files.dir, 'loop');
    symlinkSync(loop, loop);
    await assert.rejects(detectFile(loop), (e) => AppError.is(e, 'inputUnreadable'));
    // A directory in place of the table of contents.
    const dir = path.join(files.dir, 'odd.dir');
    mkdirSync(path.join(dir, 'toc.dat'), { recursive: true });
    await assert.rejects(detectFile(dir), (e) => AppError.is(e, 'inputUnreadable'));
  });
});
