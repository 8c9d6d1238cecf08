import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { detectFile, detectHead } from '../../../src/core/archive/file/detectFile';
import { refusalOf } from '../../../src/core/archive/file/unreadableKind';
import { AppError } from '../../../src/core/errors';
import type { ForeignKind } from '../../../src/core/model/archive';
import { notADumpText } from '../../../src/core/text/files/notADumpText';
import { fixture, scratch } from './files';
import { buildTar } from '../../support/packed/buildTar';

const file = (name: string): Buffer => readFileSync(fixture(name));

/** As a terminal passes bytes on. */
const byTerminal = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');

/** As PowerShell's `>` does: bytes are text of the console's code page, here Windows-1252. */
const byPowerShell = (bytes: Buffer, encoding: 'utf16le' | 'utf8', mark: string): Buffer => {
  const text = new TextDecoder('windows-1252').decode(bytes).replaceAll('\n', '\r\n');
  return Buffer.from(mark + text, encoding);
};

/** A page header of the write-ahead log, as 17 writes it. */
function walSegment(): Buffer {
  const page = Buffer.alloc(8192);
  page.writeUInt16LE(0xd116, 0);
  page.writeUInt16LE(0x0002, 2);
  page.writeUInt32LE(1, 4);
  page.writeUInt32LE(16 << 20, 32);
  page.writeUInt32LE(8192, 36);
  return page;
}

/** `{ _id: "a", n: 1 }` */
const bson = Buffer.from([
  ...[0x19, 0, 0, 0, 2, 0x5f, 0x69, 0x64, 0, 2, 0, 0, 0, 0x61, 0],
  ...[0x10, 0x6e, 0, 1, 0, 0, 0, 0, 0, 0],
]);
bson.writeInt32LE(bson.length, 0);

const authentication =
  'connection to server at "db" (10.0.0.3), port 5432 failed: FATAL:  database "shop" does not exist';

type Case = readonly [
  what: string,
  content: Buffer | string,
  looksLike: ForeignKind,
  says?: string,
];

const cases: readonly Case[] = [
  ...['mini.17.dump', 'mini.16.none.dump', 'mini.12.dump', 'mini.18.tar'].flatMap(
    (name): Case[] => [
      [`${name} by a terminal`, byTerminal(file(name)), 'archiveByTerminal'],
      [`${name} by PowerShell 5`, byPowerShell(file(name), 'utf16le', '\uFEFF'), 'archiveAsText'],
      [
        `${name} in UTF-16 without a mark`,
        byPowerShell(file(name), 'utf16le', ''),
        'archiveAsText',
      ],
      [`${name} by Out-File utf8`, byPowerShell(file(name), 'utf8', '\uFEFF'), 'archiveAsText'],
      [`${name} by PowerShell 7`, byPowerShell(file(name), 'utf8', ''), 'archiveAsText'],
    ],
  ),
  ['a packed script by a terminal', byTerminal(file('plain.sql.gz')), 'archiveByTerminal'],
  [
    'a packed script by PowerShell',
    byPowerShell(file('plain.sql.gz'), 'utf16le', '\uFEFF'),
    'archiveAsText',
  ],
  [
    'a pointer of Git LFS',
    'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n',
    'gitLfs',
  ],
  [
    'a page that asks to sign in',
    '<!DOCTYPE html>\n<html lang="en"><head><title>Sign in · Acme</title></head></html>',
    'html',
    'Sign in · Acme',
  ],
  [
    'a page in upper case',
    '\n<HTML><BODY><H1>404 Not Found</H1></BODY></HTML>',
    'html',
    '404 Not Found',
  ],
  [
    'the answer of a file store',
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>',
    'xml',
    'Request has expired',
  ],
  [
    'a script behind headers',
    'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n',
    'httpHeaders',
  ],
  [
    'an archive behind headers',
    Buffer.concat([Buffer.from('HTTP/2 200 \r\ncontent-length: 9\r\n\r\n'), file('mini.17.dump')]),
    'httpHeaders',
  ],
  [
    'a refusal behind a redirection',
    'HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n<html></html>',
    'httpHeaders',
    'HTTP/1.1 403 Forbidden',
  ],
  ['uuencode', 'begin 644 shop.dump\nM4$=$35`!#P`$"`$#\n`\nend\n', 'uuencoded'],
  ['uuencode -m', 'begin-base64 600 shop.dump\nUEdETVABDwAECAE=\n====\n', 'uuencoded'],
  ['JSON', '{"a": [1, 2, 3]}\n', 'json'],
  [
    'the answer of an API',
    '{"message":"Bad credentials","status":"401"}',
    'json',
    'Bad credentials',
  ],
  ['an error as JSON', '{"error": "token expired"}', 'json', 'token expired'],
  [
    'dumpdata of Django',
    '[{"model": "auth.user", "pk": 1, "fields": {"username": "a"}}, {"model": "auth.user", "pk": 2}]',
    'frameworkData',
  ],
  [
    'the same in lines',
    '[\n{\n  "model": "shop.item",\n  "pk": 1,\n  "fields": {}\n}\n]',
    'frameworkData',
  ],
  ['dumpdata as YAML', '- model: shop.item\n  pk: 1\n  fields:\n    name: a\n', 'frameworkData'],
  [
    'dumpdata as XML',
    '<?xml version="1.0"?>\n<django-objects version="1.0"><object pk="1"/></django-objects>',
    'frameworkData',
  ],
  [
    'a dump of MariaDB',
    '/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n',
    'mysql',
  ],
  ['one of phpMyAdmin', '-- phpMyAdmin SQL Dump\n-- version 5.2\nSET SQL_MODE = "X";\n', 'mysql'],
  ['statements of MySQL', 'DROP TABLE IF EXISTS `users`;\nCREATE TABLE `users` (id int);', 'mysql'],
  ['a database of SQLite', 'SQLite format 3\0and pages', 'sqlite'],
  [
    'a dump of SQLite',
    'PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a);',
    'sqlite',
  ],
  [
    'a script of SQL Server',
    'USE [shop]\nGO\n/****** Object:  Table [dbo].[t] ******/\nSET ANSI_NULLS ON\nGO\nCREATE TABLE [dbo].[t]([id] [int])\nGO\n',
    'sqlServer',
  ],
  [
    'the same in UTF-16',
    Buffer.from('\uFEFFUSE [shop]\r\nGO\r\nSET ANSI_NULLS ON\r\nGO\r\n', 'utf16le'),
    'sqlServer',
  ],
  [
    'a backup of SQL Server',
    Buffer.concat([Buffer.from('TAPE\0\0\x03\0'), Buffer.alloc(600)]),
    'sqlServer',
  ],
  ['exp of Oracle', Buffer.from('\x03\0\x01EXPORT:V19.00.00\nDSYSTEM\n\0\0'), 'oracle'],
  [
    'a script of SQL Developer',
    '--------------------------------------------------------\n--  DDL for Table EMP\n--------------------------------------------------------\nCREATE TABLE "HR"."EMP" ("ID" NUMBER(6,0), "NAME" VARCHAR2(20));\n',
    'oracle',
  ],
  [
    'rows of SQL Developer',
    'REM INSERTING into EMP\nSET DEFINE OFF;\nInsert into EMP values (1);\n',
    'oracle',
  ],
  [
    'a snapshot of Redis',
    Buffer.from('REDIS0011\xfa\x09redis-ver\x057.2.4\xfa', 'latin1'),
    'redis',
  ],
  ['the log of Redis', '*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n', 'redis'],
  ['a collection of MongoDB', bson, 'mongo'],
  ['mongodump --archive', Buffer.from([0x6d, 0xe2, 0x99, 0x81, 0x5f, 0, 0, 0, 0x10]), 'mongo'],
  ['mongoexport', '{"_id":{"$oid":"65"},"name":"a"}\n{"_id":{"$oid":"66"}}\n', 'mongo'],
  ['a segment of the log', walSegment(), 'wal'],
  [
    'a base backup as tar',
    buildTar([
      ['backup_label', 'x'],
      ['base/1/112', 'y'],
    ]),
    'basebackup',
  ],
  ['a message', `pg_dump: error: ${authentication}\n`, 'dumpMessage', `error: ${authentication}`],
  [
    'a message behind others',
    'pg_dump: warning: there are circular foreign-key constraints\npg_dump: detail: t\npg_dump: error: query failed: ERROR:  permission denied for table t\npg_dump: detail: Query was: LOCK TABLE\n',
    'dumpMessage',
    'error: query failed: ERROR:  permission denied for table t',
  ],
  [
    'an old message',
    'pg_dump: [archiver (db)] connection to database "x" failed\n',
    'dumpMessage',
    '[archiver (db)] connection to database "x" failed',
  ],
  [
    'a message in German',
    'pg_dump: Fehler: Abfrage fehlgeschlagen\n',
    'dumpMessage',
    'Fehler: Abfrage fehlgeschlagen',
  ],
  ['a shell’s message', 'sh: 1: pg_dump: not found\n', 'dumpMessage', 'sh: 1: pg_dump: not found'],
  [
    'one of cmd',
    "'pg_dump' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n",
    'dumpMessage',
    "'pg_dump' is not recognized as an internal or external command,",
  ],
  ['a vault of Ansible', '$ANSIBLE_VAULT;1.1;AES256\n6233\n', 'encrypted'],
];

describe('a file that is no dump', () => {
  const files = scratch();
  for (const [what, content, looksLike, says] of cases) {
    it(`is named: ${what}`, async () => {
      const expected = { kind: 'other', looksLike, ...(says === undefined ? {} : { text: says }) };
      const path = files.write('x.sql', content);
      assert.deepEqual(await detectFile(path), expected);
      // The same when it is packed.
      if (!what.includes('packed')) {
        assert.deepEqual(await detectFile(files.write('x.gz', gzipSync(content))), expected);
      }
      const refusal = refusalOf(path, {
        kind: 'other',
        looksLike,
        ...(says ? { text: says } : {}),
      });
      assert.ok(AppError.is(refusal, 'notADump'));
      const sentence = notADumpText(refusal.details);
      assert.ok(sentence.includes(says ?? path), sentence);
    });
  }

  const begin = '--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n';
  const rows = `COPY t (a) FROM stdin;\n${'a row\n'.repeat(20_000)}`;
  const end = '--\n-- PostgreSQL database dump complete\n--\n\n';
  const padded: readonly (readonly [
    what: string,
    text: string,
    zeros: number,
    kind: ForeignKind,
  ])[] = [
    ['a whole script', begin + end, 1, 'zerosBehind'],
    ['a whole script, and a page', begin + end, 4096, 'zerosBehind'],
    ['a large script', begin + rows + end, 100_000, 'zerosBehind'],
    ['a script that is cut', begin, 5000, 'zeros'],
    ['a large script that is cut', begin + rows, 70_001, 'zeros'],
    ['nothing', '', 300, 'zeros'],
  ];
  for (const [what, text, zeros, looksLike] of padded) {
    it(`is named with its ${zeros} zeros behind ${what}`, async () => {
      const path = files.write('z.sql', Buffer.concat([Buffer.from(text), Buffer.alloc(zeros)]));
      const kind = await detectFile(path);
      assert.deepEqual(kind, { kind: 'other', looksLike, text: String(zeros) });
      assert.ok(notADumpText({ path, looksLike, text: kind.text }).includes(` ${zeros} bytes`));
    });
  }

  const wide: readonly (readonly [text: string, zeros: number, kind: ForeignKind])[] = [
    [begin + end, 2, 'zerosBehind'],
    [begin + end, 4096, 'zerosBehind'],
    [begin + end, 4097, 'zerosBehind'],
    [begin + rows + end, 100_000, 'zerosBehind'],
    [begin, 5000, 'zeros'],
    [begin + rows, 70_000, 'zeros'],
  ];
  for (const [order, mark] of [
    ['LE', '\ufeff'],
    ['BE', '\ufeff'],
    ['LE', ''],
    ['BE', ''],
  ] as const) {
    it(`is named with its zeros behind a script in UTF-16${order} ${mark && 'with a mark'}`, async () => {
      for (const [text, zeros, looksLike] of wide) {
        const script = Buffer.from(mark + text, 'utf16le');
        if (order === 'BE') script.swap16();
        const path = files.write('z.sql', Buffer.concat([script, Buffer.alloc(zeros)]));
        const kind = await detectFile(path);
        assert.deepEqual(kind, { kind: 'other', looksLike, text: String(zeros) });
        const whole = await detectFile(files.write('z.sql', script));
        assert.equal(whole.kind, 'plain');
      }
    });
  }

  for (const [what, dump] of [
    ['a custom archive', readFileSync(fixture('mini.17.dump'))],
    ['a tar archive', readFileSync(fixture('mini.18.tar'))],
    ['a script', Buffer.from(begin + end)],
    ['a script in gzip', gzipSync(begin + end)],
  ] as const) {
    it(`is named with its zeros in front of ${what}`, async () => {
      for (const zeros of [1, 4096, 100_001]) {
        const path = files.write('z.dump', Buffer.concat([Buffer.alloc(zeros), dump]));
        const text = String(zeros);
        const kind = await detectFile(path);
        assert.deepEqual(kind, { kind: 'other', looksLike: 'zerosBefore', text });
        const sentence = notADumpText({ path, looksLike: 'zerosBefore', text });
        assert.ok(sentence.includes(` ${zeros} bytes`), sentence);
        assert.ok(sentence.includes(`tail -c +${zeros + 1} `), sentence);
      }
    });
  }

  it('with zeros in front of something else is binary', async () => {
    const path = files.write(
      'z.bin',
      Buffer.concat([Buffer.alloc(5000), Buffer.from('\x01\x02ab')]),
    );
    assert.deepEqual(await detectFile(path), { kind: 'other', looksLike: 'binary' });
  });

  it('with a zero within is binary, whatever it ends in', async () => {
    const path = files.write('z.sql', `${begin}\0 more\0\0`);
    assert.deepEqual(await detectFile(path), { kind: 'other', looksLike: 'binary' });
  });

  const scripts: readonly (readonly [what: string, text: string])[] = [
    [
      'a name in backticks in a comment',
      '-- like `users` of MySQL\nCREATE TABLE users (id int);\n',
    ],
    ['a transaction', 'begin;\nselect 644;\n'],
    ['words alone', `select${' customer'.repeat(20)};\n`],
    ['GO as an alias', 'SELECT 1 AS\nGO\n;\n'],
    ['a function for Oracle', 'CREATE FUNCTION nvl(a varchar2(3)) RETURNS int AS $$ $$;\n'],
    ['rows of JSON', 'COPY t (j) FROM stdin;\n{"model": "a.b", "pk": 1, "fields": {}}\n\\.\n'],
    [
      'markup in a string',
      "INSERT INTO pages VALUES ('\n<!DOCTYPE html><html><title>x</title>');\n",
    ],
    ['a message in a comment', '-- pg_dump: error: last time\nSELECT 1;\n'],
    ['many messages first', `${'pg_dump: reading extensions\n'.repeat(4000)}--\n`],
  ];
  for (const [what, text] of scripts) {
    it(`is none of them: ${what}`, async () => {
      const { kind } = await detectFile(files.write('y.sql', text));
      assert.equal(kind, 'plain');
    });
  }

  it('leaves every archive what it is', () => {
    const whole = file('mini.17.dump');
    // Of an archive that is all line ends of Windows but for pg_dump's own.
    assert.equal(detectHead(whole, whole.length).kind, 'archive');
  });
});
