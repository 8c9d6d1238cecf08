import * as l10n from '@vscode/l10n';
import type { ErrorDetails } from '../../errors';
import type { ForeignKind, StrayLines } from '../../model/archive';

/** Kind of a file that is not a dump, and the next step. */
const sentences: Readonly<Record<ForeignKind | 'plain', (path: string) => string>> = {
  empty: (path) => l10n.t('{0} is empty.', path),
  mysql: (path) =>
    l10n.t(
      '{0} is a dump of MySQL or MariaDB. Load it into such a server with "mysql", or convert it, with pgloader for example.',
      path,
    ),
  sqlite: (path) =>
    l10n.t('{0} is of SQLite. Open it with "sqlite3", or load it with pgloader.', path),
  sqlServer: (path) =>
    l10n.t(
      '{0} is of Microsoft SQL Server. Restore it there, then move its tables, with pgloader for example.',
      path,
    ),
  oracle: (path) =>
    l10n.t('{0} is of Oracle. Import it there, then move it, with ora2pg for example.', path),
  mongo: (path) =>
    l10n.t('{0} is of MongoDB. Restore it with "mongorestore" or "mongoimport".', path),
  redis: (path) =>
    l10n.t('{0} holds the data of a Redis server. Put it into the folder of such a server.', path),
  frameworkData: (path) =>
    l10n.t(
      '{0} holds rows that a web framework exported. Load it with that framework ("manage.py loaddata" of Django), into tables that its migrations have made.',
      path,
    ),
  basebackup: (path) =>
    l10n.t(
      '{0} is a copy of a whole server (pg_basebackup, or a data directory), not a dump. Start a server of the same major version on a copy of it, then dump the database from there.',
      path,
    ),
  wal: (path) =>
    l10n.t(
      '{0} is of the write-ahead log of a server: changes without the data that they change. It is of use only together with a base backup, by restore_command.',
      path,
    ),
  tar: (path) =>
    l10n.t(
      '{0} is a tar file, but not one that pg_dump wrote. If it holds a directory archive, unpack it first.',
      path,
    ),
  truncatedArchive: (path) =>
    l10n.t('{0} begins like a PostgreSQL archive but ends too early: it is truncated.', path),
  directoryWithoutToc: (path) =>
    l10n.t('The folder {0} has no toc.dat, so it is not a directory archive.', path),
  encrypted: (path) => l10n.t('{0} is encrypted. Decrypt it first.', path),
  archiveAsText: (path) =>
    l10n.t(
      '{0} was an archive of pg_dump until PowerShell rewrote it as text (by > or |), which loses bytes for good. Make it again with "pg_dump --file=NAME" instead of >.',
      path,
    ),
  archiveByTerminal: (path) =>
    l10n.t(
      '{0} was an archive of pg_dump until a terminal added a byte to each line end. Make it again without one: "docker exec" and "ssh" without -t, or "pg_dump --file=NAME".',
      path,
    ),
  gitLfs: (path) =>
    l10n.t(
      '{0} is a pointer of Git LFS that stands for the file. Fetch the file itself: "git lfs pull".',
      path,
    ),
  httpHeaders: (path) =>
    l10n.t(
      '{0} begins with the headers of the answer that it was downloaded with. Download it again, with "curl" without -i.',
      path,
    ),
  uuencoded: (path) =>
    l10n.t(
      '{0} is in uuencode. Decode it with "uudecode -o NAME", and open what that writes.',
      path,
    ),
  zerosBehind: (path) =>
    l10n.t('{0} is a whole dump, but ends in bytes that are zero. Cut them off.', path),
  zeros: (path) =>
    l10n.t(
      '{0} ends in bytes that are zero instead of the rest of the dump: room that was reserved and never filled. Make it again, or copy it again.',
      path,
    ),
  zerosBefore: (path) =>
    l10n.t('{0} is a dump, but begins with bytes that are zero. Cut them off.', path),
  html: (path) =>
    l10n.t(
      '{0} is a web page, such as one that asks to sign in, and not the file that was to be downloaded. Download it again.',
      path,
    ),
  xml: (path) =>
    l10n.t(
      '{0} is XML, such as the answer of a file store that refused a download, and not a dump. Download it again.',
      path,
    ),
  json: (path) =>
    l10n.t(
      '{0} is JSON, such as the answer of a server that refused a download, and not a dump. Download it again, or have pg_dump make it.',
      path,
    ),
  dumpMessage: () => l10n.t('This is not a dump: it holds the message of a pg_dump that failed.'),
  tarScript: (path) =>
    l10n.t(
      '{0} belongs to an unpacked tar archive: the rows are in the files that lie beside it. Open the folder of its toc.dat, or the tar file.',
      path,
    ),
  binary: (path) => l10n.t('{0} is a binary file that is not a PostgreSQL dump.', path),
  text: (path) => l10n.t('{0} is a text file without SQL that could be restored.', path),
  plain: (path) => l10n.t('{0} is not an archive.', path),
};

/** Why a file is no dump: one sentence with the next step, and what the file says itself. */
export function notADumpText({ path, looksLike, text }: ErrorDetails['notADump']): string {
  if (text === undefined) return sentences[looksLike](path);
  if (looksLike === 'dumpMessage') {
    return l10n.t('This is not a dump: it holds the message of a pg_dump that failed: {0}', text);
  }
  if (looksLike === 'zerosBehind') {
    return l10n.t(
      '{0} is a whole dump, but ends in {1} bytes that are zero. Cut them off, with "truncate -s -{1} NAME" for example.',
      path,
      text,
    );
  }
  if (looksLike === 'zeros') {
    return l10n.t(
      '{0} ends in {1} bytes that are zero instead of the rest of the dump: room that was reserved and never filled. Make it again, or copy it again.',
      path,
      text,
    );
  }
  if (looksLike === 'zerosBefore') {
    return l10n.t(
      '{0} is a dump, but begins with {1} bytes that are zero. Cut them off, with "tail -c +{2} NAME > NEW_NAME" for example.',
      path,
      text,
      Number(text) + 1,
    );
  }
  return l10n.t('{0} It says: {1}', sentences[looksLike](path), text);
}

/** Where a message has torn a script, and what to do. */
export function tornText({ line, table }: Omit<NonNullable<StrayLines['torn']>, 'text'>): string {
  return table === null
    ? l10n.t(
        'In line {0}, within a statement, the script holds a message of pg_dump. Make it again, without 2>&1.',
        line,
      )
    : l10n.t(
        'In line {0}, between the rows of {1}, the script holds a message of pg_dump. Make it again, without 2>&1.',
        line,
        table,
      );
}
