import type { ForeignKind } from '../../../src/core/model/archive';
import type { CorpusEntry, Refused } from './entry';

const foreign = (looksLike: ForeignKind, says: RegExp): Refused => ({
  refused: 'notADump',
  details: { looksLike },
  says,
});

/** Sets `d` to the server's data directory. */
const DATA = 'd=$(psql -XAtc "SHOW data_directory")';

/** Shell lines that write a text into the file. */
const text = (lines: string): string => `cat > $NAME <<'END'\n${lines}\nEND`;

const ruined: readonly CorpusEntry[] = [
  ...['-Fc', '-Fc -Z0', '-Ft'].flatMap((format, i): CorpusEntry[] => [
    {
      file: `terminal.${i}.dump`,
      make: `script -qec 'stty -echo; pg_dump ${format}' /dev/null > $NAME`,
      verdict: foreign('archiveByTerminal', /terminal added a byte .* -t/),
    },
    {
      file: `powershell.${i}.dump`,
      make: `{ printf '\\377\\376'
        pg_dump ${format} | perl -pe 's/\\n/\\r\\n/' | iconv -f CP437 -t UTF-16LE; } > $NAME`,
      verdict: foreign('archiveAsText', /PowerShell .* --file=NAME/),
    },
  ]),
  {
    // PowerShell 7 before 7.4 writes UTF-8.
    file: 'powershell.3.dump',
    make: `pg_dump -Fc | perl -pe 's/\\n/\\r\\n/' | iconv -f CP437 -t UTF-8 > $NAME`,
    verdict: foreign('archiveAsText', /PowerShell .* --file=NAME/),
  },
  {
    file: 'terminal.dump.gz',
    make: `script -qec 'stty -echo; pg_dump -Fc -Z0' /dev/null | gzip > $NAME`,
    verdict: foreign('archiveByTerminal', /terminal added a byte .* -t/),
  },
  {
    file: 'script-by-terminal.sql.gz',
    make: `script -qec 'stty -echo; pg_dump -Z6' /dev/null > $NAME`,
    verdict: foreign('archiveByTerminal', /terminal added a byte .* -t/),
  },
  {
    file: 'zeros-behind.sql',
    make: '{ pg_dump; head -c 4096 /dev/zero; } > $NAME',
    verdict: foreign('zerosBehind', /4096|4,096/),
  },
  {
    file: 'zeros-behind-utf16.sql',
    make: `{ printf '\\377\\376'; pg_dump | iconv -f UTF-8 -t UTF-16LE; head -c 4096 /dev/zero; } > $NAME`,
    verdict: foreign('zerosBehind', /4096/),
  },
  {
    file: 'zeros-in-front.dump',
    make: '{ head -c 4096 /dev/zero; pg_dump -Fc; } > $NAME',
    verdict: foreign('zerosBefore', /begins with 4096 bytes/),
  },
  {
    file: 'zeros-instead-of-end.sql',
    make: '{ pg_dump | sed 41,99999d; head -c 4096 /dev/zero; } > $NAME',
    verdict: foreign('zeros', /4096|4,096/),
  },
  {
    file: 'no-table-of-contents',
    make: 'pg_dump -Fd -f $NAME; rm $NAME/toc.dat',
    verdict: foreign('directoryWithoutToc', /toc\.dat/),
  },
  {
    file: 'header.dump',
    make: 'pg_dump -Fc -f d; head -c 9 d > $NAME; rm d',
    verdict: foreign('truncatedArchive', /cut|truncat|end/i),
  },
  {
    file: 'cut.dump',
    make: 'pg_dump -Fc -f d; head -c $(($(stat -c %s d) - 900)) d > $NAME; rm d',
    verdict: {
      opens: 'custom',
      info: ({ complete }) => complete === false,
      restore: 'optionInvalid',
    },
  },
  {
    file: 'cut.tar',
    make: 'pg_dump -Ft > d; head -c 11000 d > $NAME; rm d',
    verdict: {
      opens: 'tar',
      info: ({ complete }) => complete === false,
      restore: 'optionInvalid',
    },
  },
  {
    file: 'cut.dump.gz',
    make: 'pg_dump -Fc -Z0 | gzip > d; head -c 5000 d > $NAME; rm d',
    verdict: {
      opens: 'custom',
      by: ['gzip'],
      info: ({ complete }) => complete === false,
      restore: 'optionInvalid',
    },
  },
  {
    file: 'empty.dump',
    make: ': > $NAME',
    verdict: foreign('empty', /is empty/),
  },
];

const foreigners: readonly CorpusEntry[] = [
  {
    file: 'git-lfs.dump',
    make: text('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345'),
    verdict: foreign('gitLfs', /git lfs pull/),
  },
  {
    file: 'page.sql',
    make: text('<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body></body></html>'),
    verdict: foreign('html', /Download it again.* Sign in/),
  },
  {
    file: 'answer-xml.dump',
    make: text(
      '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>',
    ),
    verdict: foreign('xml', /Request has expired/),
  },
  {
    file: 'answer-json.dump',
    make: text('{"error":"not_found","message":"No such backup"}'),
    verdict: foreign('json', /No such backup/),
  },
  {
    file: 'mysql.sql',
    make: text(
      '-- MySQL dump 10.13  Distrib 8.0.36\n/*!40101 SET NAMES utf8 */;\nCREATE TABLE `a` (`i` int);',
    ),
    verdict: foreign('mysql', /MySQL/),
  },
  {
    file: 'sql-server.sql',
    make: text('USE [shop]\nGO\nSET ANSI_NULLS ON\nGO\nCREATE TABLE [dbo].[a]([i] [int] NULL)\nGO'),
    verdict: foreign('sqlServer', /SQL Server/),
  },
  {
    file: 'mariadb.sql.gz',
    make: `gzip > $NAME <<'END'
/*M!999999\\- enable the sandbox mode */
-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB
CREATE TABLE \`a\` (\`i\` int);
END`,
    verdict: foreign('mysql', /MySQL/),
  },
  {
    // As SQL Server Management Studio saves it.
    file: 'sql-server-utf16.sql',
    make: `{ printf '\\377\\376'
      printf '%s\\r\\n' 'USE [shop]' GO 'SET ANSI_NULLS ON' GO 'CREATE TABLE [dbo].[a]([i] [int] NULL)' GO |
        iconv -f UTF-8 -t UTF-16LE; } > $NAME`,
    verdict: foreign('sqlServer', /SQL Server/),
  },
  {
    file: 'shop.bak',
    make: `printf 'TAPE\\0\\0\\3\\0\\214\\0\\16\\1' > $NAME`,
    verdict: foreign('sqlServer', /SQL Server/),
  },
  {
    file: 'shop.dmp',
    make: `printf '\\3\\3iEXPORT:V11.02.00\\nDSHOP\\n' > $NAME`,
    verdict: foreign('oracle', /Oracle/),
  },
  {
    file: 'shop.archive',
    make: `printf 'm\\342\\231\\201\\144\\0\\0\\0\\20concurrent' > $NAME`,
    verdict: foreign('mongo', /MongoDB/),
  },
  {
    file: 'shop.dump.age',
    make: `printf 'age-encryption.org/v1\\n-> X25519 abc\\n--- def\\n\\1\\2\\0' > $NAME`,
    verdict: foreign('encrypted', /Decrypt it first/),
  },
  {
    file: 'oracle.sql',
    make: text('--  DDL for Table A\n\n  CREATE TABLE "SYSTEM"."A" ("N" VARCHAR2(20 BYTE));'),
    verdict: foreign('oracle', /Oracle/),
  },
  {
    file: 'sqlite.db',
    make: 'sqlite3 $NAME "CREATE TABLE a (i int); INSERT INTO a VALUES (1)"',
    verdict: foreign('sqlite', /SQLite/),
  },
  {
    file: 'sqlite.sql',
    make: 'sqlite3 t "CREATE TABLE a (i int); INSERT INTO a VALUES (1)"; sqlite3 t .dump > $NAME; rm t',
    verdict: foreign('sqlite', /SQLite/),
  },
  {
    file: 'django.json',
    make: text(
      '[\n{"model": "shop.order", "pk": 1, "fields": {"n": 1}},\n{"model": "shop.order", "pk": 2, "fields": {"n": 2}}\n]',
    ),
    verdict: foreign('frameworkData', /loaddata/),
  },
  {
    file: 'dump.rdb',
    make: `printf 'REDIS0011\\372\\tredis-ver\\0057.2.4\\377' > $NAME`,
    verdict: foreign('redis', /Redis/),
  },
  {
    file: 'shop.bson',
    make: `printf '\\027\\0\\0\\0\\2_id\\0\\2\\0\\0\\0a\\0\\020n\\0\\1\\0\\0\\0\\0' > $NAME`,
    verdict: foreign('mongo', /MongoDB/),
  },
  {
    file: 'base-backup',
    make: `${DATA}; mkdir $NAME; cp $d/PG_VERSION $d/postgresql.conf $NAME`,
    verdict: foreign('basebackup', /pg_basebackup/),
  },
  {
    file: 'base.tar',
    make: `${DATA}; tar -C $d -cf b PG_VERSION global base; head -c 20480 b > $NAME; rm b`,
    verdict: foreign('basebackup', /pg_basebackup/),
  },
  {
    file: 'base.tar.gz',
    make: `${DATA}; tar -C $d -cf b PG_VERSION global base; head -c 20480 b | gzip > $NAME; rm b`,
    verdict: foreign('basebackup', /pg_basebackup/),
  },
  {
    file: 'base-backup-packed',
    make: `${DATA}; mkdir $NAME; tar -C $d -czf $NAME/base.tar.gz PG_VERSION; echo '{}' > $NAME/backup_manifest`,
    verdict: foreign('basebackup', /pg_basebackup/),
  },
  {
    file: '000000010000000000000001',
    make: `${DATA}; f=$(ls $d/pg_wal | grep -m 1 ^0000); head -c 8192 $d/pg_wal/$f > $NAME`,
    verdict: foreign('wal', /write-ahead log/),
  },
];

/** Dumps that were damaged on the way, and files that never were dumps. */
export const ruinedFiles: readonly CorpusEntry[] = [...ruined, ...foreigners];
