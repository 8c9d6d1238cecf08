import { testedMajors } from '../install/postgres';
import type { CorpusEntry, Opens } from './entry';

const strays =
  (count: number): NonNullable<Opens['info']> =>
  ({ strays: found }) =>
    found?.leftOut === count && found.torn === null;

/** Complete dumps that differ from what pg_dump wrote: scripts with text around or in them. */
export const wholeFiles: readonly CorpusEntry[] = [
  ...testedMajors.map((major): CorpusEntry => ({
    file: `plain.${major}.sql`,
    make: 'pg_dump > $NAME',
    major,
    verdict: { opens: 'plain', info: ({ complete }) => complete === true },
  })),
  {
    file: 'supabase-cli.sql',
    make: `{ echo 'SET session_replication_role = replica;'; echo
      pg_dump | sed -E 's/^\\\\(un)?restrict/-- &/'; echo 'RESET ALL;'; } > $NAME`,
    verdict: { opens: 'plain', info: ({ complete }) => complete === true },
  },
  {
    file: 'statements-behind.sql',
    make: `{ pg_dump; echo "SELECT setval('app.customer_id_seq', 36, true);"; echo 'ANALYZE;'; } > $NAME`,
    verdict: { opens: 'plain', info: ({ complete }) => complete === true },
  },
  {
    file: 'statement-begun-behind.sql',
    make: `{ pg_dump; echo 'INSERT INTO app.customer (name) VALUES ('; } > $NAME`,
    verdict: {
      opens: 'plain',
      info: ({ complete }) => complete === false,
      restore: 'archiveDamaged',
    },
  },
  {
    file: 'rows-begun-behind.sql',
    make: `{ pg_dump; printf 'COPY app.customer (name) FROM stdin;\\nÆrø\\n'; } > $NAME`,
    verdict: {
      opens: 'plain',
      info: ({ complete }) => complete === false,
      restore: 'archiveDamaged',
    },
  },
  {
    file: 'cut.sql',
    make: 'pg_dump > d; head -c 3000 d > $NAME; rm d',
    verdict: {
      opens: 'plain',
      info: ({ complete }) => complete === false,
      restore: 'archiveDamaged',
    },
  },
  {
    file: 'verbose.sql',
    make: '{ pg_dump --verbose 2>&1 >&3 | cat; } 3> dump > said; cat said dump > $NAME; rm said dump',
    verdict: { opens: 'plain', info: ({ strays: found }) => (found?.leftOut ?? 0) > 20 },
  },
  {
    file: 'warning-behind.sql',
    make: `{ pg_dump; echo 'pg_dump: warning: there are circular foreign-key constraints on this table:'
      echo 'pg_dump: detail: node'; } > $NAME`,
    verdict: { opens: 'plain', info: strays(2) },
  },
  {
    file: 'kubectl.sql',
    make: `{ echo 'Defaulted container "pg" out of: pg, metrics'; pg_dump; } > $NAME`,
    verdict: { opens: 'plain', info: strays(1) },
  },
  {
    file: 'message-between-rows.sql',
    make: `pg_dump | sed '/^3\\t.*Ær/i pg_dump: warning: odd' > $NAME`,
    verdict: {
      opens: 'plain',
      info: ({ strays: found }) => found?.torn?.table === 'app.customer',
      restore: 'scriptTorn',
    },
  },
  {
    file: 'error-instead-of-end.sql',
    make: `{ pg_dump | sed '/^-- Name: orders; Type: TABLE/,$d'
      echo 'pg_dump: error: query failed: server closed the connection unexpectedly'; } > $NAME`,
    verdict: {
      opens: 'plain',
      info: ({ strays: found }) => found?.failure?.includes('server closed') === true,
      restore: 'dumpFailed',
    },
  },
  {
    file: 'only-a-message.sql',
    make: 'pg_dump --dbname=no_such_database > $NAME 2>&1 || true',
    verdict: {
      refused: 'notADump',
      details: { looksLike: 'dumpMessage' },
      says: /This is not a dump: .* database "no_such_database" does not exist/,
    },
  },
  {
    file: 'settings-of-forks.sql',
    make: `{ echo '-- Greenplum Database database dump'
      echo 'SET default_with_oids = false;'; echo 'SET xmloption = content;'
      echo "SET gp_default_storage_options = '';"; echo 'SET transaction_timeout = 0;'
      echo "SELECT pg_catalog.set_config('yb_binary_restore', 'true', false);"; pg_dump; } > $NAME`,
    verdict: { opens: 'plain' },
  },
  {
    file: 'from-18.sql',
    make: 'pg_dump --statistics > $NAME',
    major: 18,
    verdict: { opens: 'plain' },
  },
  {
    file: 'create.sql',
    make: 'pg_dump --create > $NAME',
    verdict: {
      opens: 'plain',
      info: ({ ownDatabase }) => ownDatabase === 'shop',
      options: { singleTransaction: false },
    },
  },
  {
    file: 'clean-create.sql',
    make: 'pg_dump --clean --create > $NAME',
    verdict: { opens: 'plain', info: ({ ownDatabase }) => ownDatabase === 'shop' },
  },
  {
    file: 'clean.sql',
    make: 'pg_dump --clean > $NAME',
    verdict: { opens: 'plain', info: ({ plainDrops }) => plainDrops === true },
  },
  {
    file: 'inserts.sql',
    make: 'pg_dump --column-inserts > $NAME',
    verdict: { opens: 'plain' },
  },
  {
    file: 'utf16.sql',
    make: `{ printf '\\377\\376'; pg_dump | iconv -f UTF-8 -t UTF-16LE; } > $NAME`,
    verdict: { opens: 'plain', info: ({ warnings }) => warnings.includes('utf16') },
  },
  {
    file: 'utf16be.sql',
    make: `pg_dump | iconv -f UTF-8 -t UTF-16BE > $NAME`,
    verdict: { opens: 'plain', info: ({ warnings }) => warnings.includes('utf16be') },
  },
  {
    file: 'crlf.sql',
    make: `pg_dump | sed 's/$/\\r/' > $NAME`,
    verdict: { opens: 'plain', otherRows: true },
  },
  {
    file: 'oem-code-page.sql',
    make: `{ printf '\\377\\376'; pg_dump | iconv -f CP437 -t UTF-16LE; } > $NAME`,
    verdict: {
      opens: 'plain',
      info: ({ misread }) => (misread?.lines ?? 0) >= 36 && misread?.rows.length === 3,
      otherRows: true,
    },
  },
  {
    // As PowerShell 7 writes it.
    file: 'oem-code-page.utf8.sql',
    make: `pg_dump | iconv -f CP850 -t UTF-8 | sed 's/$/\\r/' > $NAME`,
    verdict: {
      opens: 'plain',
      info: ({ misread }) => (misread?.lines ?? 0) >= 36 && misread?.rows.length === 3,
      otherRows: true,
    },
  },
  {
    file: 'server-clean.sql',
    make: 'pg_dumpall --clean --if-exists > $NAME',
    verdict: {
      opens: 'plain',
      info: ({ cluster }) => cluster,
      options: { databases: [] },
    },
  },
  ...[13, 18].map((major): CorpusEntry => ({
    file: `server.${major}.sql`,
    make: 'pg_dumpall > $NAME',
    major,
    verdict: {
      opens: 'plain',
      info: ({ cluster, parts }) =>
        cluster && parts?.some(({ database }) => database === 'shop') === true,
      options: { databases: [] },
    },
  })),
];
