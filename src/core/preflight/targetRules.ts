import { quoteIdentifier } from '../sql';
import { about, type Rule } from './rule';
import { setting, type Remedy } from '../model/findings/findings';
import type { FilledTable } from './comparison';
import { qualified } from './names';
import type { Situation } from './situation';

/** Names of databases and hosts that people give to what matters. */
const PRODUCTION = /(?:^|[^a-z])(?:prod|production|live)(?:$|[^a-z])/i;

const ROW_SECURITY = 'enable-row-security';

/** A session that does nothing holds no lock for long; one within a transaction does. */
const HOLDS: ReadonlySet<string> = new Set([
  'active',
  'idle in transaction',
  'idle in transaction (aborted)',
  'fastpath function call',
]);

/**
 * Those who use the database see a small restore at once, or nothing of it. A large one would hold its
 * locks too long, and loses what several jobs gain.
 */
function oneTransaction({ input, options, server, lockedAtOnce }: Situation): Remedy[] {
  if (server === null || input.fitsOneTransaction !== true) return [];
  const locks = !options.dataOnly && lockedAtOnce > server.lockable;
  if (options.singleTransaction || locks) return [];
  const all = { singleTransaction: true, exitOnError: true, jobs: 1 };
  return [setting('singleTransaction', all)];
}

/** Rules about the target itself, whatever the file contains. */
export const targetRules: readonly Rule[] = [
  {
    code: 'connectionReadOnly',
    test: ({ input }) =>
      input.connection.readOnly ? { severity: 'stops', objects: [input.connection.name] } : null,
  },
  {
    code: 'serverReadOnly',
    test: ({ server }) =>
      server?.readOnly ? { severity: 'stops', details: { why: server.readOnly } } : null,
  },
  {
    code: 'targetUnknown',
    test: ({ input, options }) =>
      input.target === null && options.connectionId !== ''
        ? { severity: 'surprises', details: input.unread ? { why: input.unread } : {} }
        : null,
  },
  {
    code: 'production',
    test: ({ input }) =>
      input.connection.environment === 'production'
        ? { severity: 'surprises', objects: [input.connection.name] }
        : null,
  },
  {
    code: 'productionName',
    test({ input, database, replaced }) {
      const { environment, host } = input.connection;
      const there = database ?? replaced;
      if (environment !== null || there === null) return null;
      return about(
        [there.database, host].filter((name) => PRODUCTION.test(name)),
        { severity: 'note' },
      );
    },
  },
  {
    code: 'noRightToCreateDatabase',
    test: ({ server, options }) =>
      server !== null && (options.createDatabase || options.swapIn) && !server.mayCreateDatabase
        ? { severity: 'stops', objects: [server.user] }
        : null,
  },
  {
    code: 'noRightToCreate',
    test({ file, database, server, options }) {
      if (database === null || server === null || options.dataOnly) return null;
      const known = new Map(database.schemas.map((each) => [each.name, each.mayCreate]));
      const made = new Set(file.schemas.map(({ name }) => name));
      const used = new Set(
        [...file.relations, ...file.routines, ...file.types].map((o) => o.schema),
      );
      const refused = [...used].filter((name) => known.get(name) === false && !made.has(name));
      const schemas = [...made].filter((name) => !known.has(name));
      if (!database.mayCreate && schemas.length > 0) refused.push(...schemas);
      return about(refused, { severity: 'stops', details: { user: server.user } });
    },
  },
  {
    code: 'rowSecurity',
    test({ filled, options, server }) {
      if (options.schemaOnly || options.clean || server === null) return null;
      // Policies can be applied to rows that come as INSERT statements.
      const inserted = (each: FilledTable): boolean => each.rows.columns === null;
      const allowed = options.toolOptions[ROW_SECURITY] === true;
      const refused = filled.filter(
        (each) => each.there.rowSecurity && !(allowed && inserted(each)),
      );
      const toolOptions = { ...options.toolOptions, [ROW_SECURITY]: true };
      return about(
        refused.map(({ there }) => qualified(there)),
        {
          severity: 'stops',
          details: { user: server.user },
          remedies: refused.every(inserted) ? [setting('enableRowSecurity', { toolOptions })] : [],
        },
      );
    },
  },
  {
    code: 'sessions',
    test(situation) {
      const { database, options } = situation;
      const sessions = database?.sessions ?? [];
      if (sessions.length === 0) return null;
      const holding = sessions.filter(({ state }) => HOLDS.has(state));
      const inTheWay = options.clean && holding.length > 0;
      return {
        severity: inTheWay ? 'surprises' : 'note',
        objects: sessions.map(({ pid, user, application, state, seconds }) =>
          [`${user} (${pid})`, application, state, `${seconds} s`].filter(Boolean).join(', '),
        ),
        details: { holding: holding.length },
        remedies: [
          ...(inTheWay
            ? [
                {
                  id: 'endSessions' as const,
                  kind: 'step' as const,
                  step: { do: 'endSessions' as const, pids: sessions.map(({ pid }) => pid) },
                },
              ]
            : []),
          ...oneTransaction(situation),
        ],
      };
    },
  },
  {
    code: 'preparedTransactions',
    test: ({ database, options }) =>
      about(database?.preparedTransactions ?? [], {
        severity: options.clean ? 'surprises' : 'note',
      }),
  },
  {
    code: 'logicalSlots',
    test: ({ database }) => about(database?.logicalSlots ?? [], { severity: 'note' }),
  },
  {
    code: 'eventTriggers',
    test: ({ database, options }) =>
      options.dataOnly && !options.replaceRows
        ? null
        : about(database?.eventTriggers ?? [], { severity: 'surprises' }),
  },
  {
    code: 'pooler',
    test: ({ server, options }) =>
      server?.pooled === true
        ? {
            severity: options.jobs > 1 ? 'surprises' : 'note',
            remedies: options.jobs > 1 ? [setting('fewerJobs', { jobs: 1 })] : [],
          }
        : null,
  },
  {
    code: 'collationsStale',
    test({ database }) {
      if (database === null) return null;
      const { staleCollations, database: name } = database;
      const text = staleCollations.map((each) =>
        each === ''
          ? `ALTER DATABASE ${quoteIdentifier(name)} REFRESH COLLATION VERSION;`
          : `ALTER COLLATION ${each} REFRESH VERSION;`,
      );
      return about(
        staleCollations.map((each) => each || name),
        {
          severity: 'surprises',
          remedies: [
            {
              id: 'copyReindex',
              kind: 'copy',
              text: [`REINDEX DATABASE ${quoteIdentifier(name)};`, ...text].join('\n'),
            },
          ],
        },
      );
    },
  },
  {
    code: 'newerServer',
    test: ({ file, server }) =>
      server !== null && file.serverMajor !== null && file.serverMajor > server.major
        ? { severity: 'surprises', details: { from: file.serverMajor, to: server.major } }
        : null,
  },
  {
    code: 'otherEncoding',
    test({ file, database }) {
      // UTF8 takes every character; SQL_ASCII takes every byte.
      if (database === null || file.encoding === null) return null;
      const [from, to] = [plain(file.encoding), plain(database.encoding)];
      if (from === to || to === 'UTF8' || to === 'SQLASCII') return null;
      return { severity: 'surprises', details: { from: file.encoding, to: database.encoding } };
    },
  },
  {
    code: 'diskSpace',
    test({ file, server, options }) {
      // What is dropped or replaced makes room, and nobody can tell how much.
      if (options.clean || options.replaceRows) return null;
      const { dataPath = null, freeBytes = null } = server ?? {};
      if (dataPath === null || freeBytes === null || freeBytes >= file.bytes) return null;
      return {
        severity: 'surprises',
        objects: [dataPath],
        details: { free: freeBytes, bytes: file.bytes },
      };
    },
  },
];

function plain(encoding: string): string {
  const name = encoding.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return name === 'UNICODE' ? 'UTF8' : name;
}
