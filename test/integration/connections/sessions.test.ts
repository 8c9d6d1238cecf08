/** The sessions of a server: which a user may end, and how many more it may begin. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { noFileFacts } from '../../../src/core/archive/facts/noFileFacts';
import { doPreflightStep } from '../../../src/core/catalog/restore/preflightSteps';
import { readTargetFacts } from '../../../src/core/catalog/restore/readTargetFacts';
import { readServerInfo } from '../../../src/core/catalog/serverInfo';
import { buildConnection, type LibpqConnection } from '../../../src/core/connections/libpq';
import { AppError } from '../../../src/core/errors';
import { ensurePostgres } from '../../support/install/postgres';
import { adminQuery } from '../../support/machine/adminSession';
import { holdLock, type HeldLock } from '../../support/machine/heldLock';
import { psql, quoteLiteral } from '../../support/machine/psql';
import { createDatabase } from '../../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../../support/machine/server';
import { newestServer } from '../../support/servers';
import { PATIENCE_MS, until } from '../../support/until';

const DATABASE = 'sessions';
const LIMITS = {
  max_connections: '12',
  superuser_reserved_connections: '4',
  reserved_connections: '3',
};

describe('the sessions of a server', () => {
  const options = { timeoutMs: PATIENCE_MS };
  let server: PgServer;
  let tool: string;

  before(async () => {
    const [install] = await ensurePostgres([newestServer().major]);
    assert.ok(install);
    server = await startServer(install, { settings: LIMITS });
    tool = path.join(server.binDir, 'psql');
    await createDatabase(server, DATABASE);
    const password = quoteLiteral(server.password);
    const roles = ['plain', 'somebody', 'signals', 'keyholder'];
    const create = roles.map((name) => `CREATE ROLE ${name} LOGIN PASSWORD ${password};`);
    const grant = `GRANT pg_signal_backend TO signals;
      GRANT pg_use_reserved_connections TO keyholder;`;
    await psql(server, DATABASE, `${create.join('\n')} ${grant}`);
  });
  after(() => server.stop());

  function as(user: string): LibpqConnection {
    const { host, port, password } = server;
    return buildConnection(
      { id: 'x', host, port, user, database: DATABASE },
      { password, applicationName: 'x', inherited: {}, connectTimeoutSeconds: 15 },
    );
  }

  /** Which of these sessions of others, whose type the user does not see, are left? */
  async function left(held: Readonly<Record<string, HeldLock>>): Promise<string[]> {
    const pids = Object.values(held).map(({ pid }) => pid);
    const sql = `SELECT coalesce(string_agg(pid::text, ' '), '') FROM pg_stat_activity
      WHERE pid IN (${pids.join()});`;
    const there = new Set((await psql(server, 'postgres', sql)).trim().split(' '));
    return Object.keys(held).filter((name) => there.has(String(held[name]?.pid)));
  }

  for (const [user, stay] of [
    ['plain', ['superuser', 'somebody', 'ours']],
    ['signals', ['superuser', 'ours']],
    ['postgres', ['ours']],
  ] as const) {
    for (const how of ['all', 'by process id'] as const) {
      it(`${user} ends those that it may, and learns of the others: ${how}`, async () => {
        const other = { ...server, user: 'somebody' };
        const held = {
          // Asked first, as the oldest.
          superuser: await holdLock(server, DATABASE, 'SELECT 1;'),
          somebody: await holdLock(other, DATABASE, 'SELECT 1;'),
          ours: await holdLock(other, DATABASE, 'SELECT 1;', 'pgbackup-other'),
        };
        const pids = [held.superuser.pid, held.somebody.pid];
        const ending = doPreflightStep(
          tool,
          as(user),
          how === 'all'
            ? { do: 'endAllSessions', databases: [DATABASE] }
            : { do: 'endSessions', pids },
          options,
        );
        try {
          if (stay.length === 1) await ending;
          else {
            const kept = stay.filter((name) => name !== 'ours');
            const names = kept.map((name) => {
              const who = name === 'superuser' ? server.user : name;
              return `${who} (${held[name].pid}), test-support`;
            });
            await assert.rejects(ending, (error) => {
              assert.ok(AppError.is(error, 'sessionsKept'), String(error));
              const { sessions, ...told } = error.details;
              const count = kept.length;
              assert.deepEqual(told, { user, ended: pids.length - count, count });
              assert.deepEqual([...sessions].sort(), names.sort());
              return true;
            });
          }
          await until(async () => (await left(held)).length === stay.length);
          assert.deepEqual(await left(held), stay);
        } finally {
          for (const holder of Object.values(held)) await holder.release();
        }
      });
    }
  }

  // Two are there: the one that asks, and the one by which the tests ask.
  for (const [user, free] of [
    ['postgres', 12 - 2],
    ['keyholder', 12 - 2 - 4],
    ['plain', 12 - 2 - 4 - 3],
  ] as const) {
    it(`${user} may begin ${free} more, by what a restore asks ahead and by what every job asks`, async () => {
      const others = `SELECT count(*) FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid();`;
      await until(
        async () => (await adminQuery(server, others)).trim() === '0',
        'no other is left',
      );
      const info = await readServerInfo(tool, as(user), options);
      assert.equal(info.limitsSessions, free <= 5);
      const file = noFileFacts({ format: 'custom', serverMajor: server.major, encoding: 'UTF8' });
      const wanted = { file, database: false, dependents: false, server: info };
      const facts = await readTargetFacts(tool, as(user), wanted, options);
      assert.equal(facts.server.freeConnections, free);
    });
  }
});
