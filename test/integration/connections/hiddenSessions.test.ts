/** Sessions that are nobody's to end, for a user who does not see what they are. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { doPreflightStep } from '../../../src/core/catalog/restore/preflightSteps';
import { buildConnection } from '../../../src/core/connections/libpq';
import type { ChangingStep } from '../../../src/core/model/findings/findings';
import { ensurePostgres } from '../../support/install/postgres';
import { holdLock } from '../../support/machine/heldLock';
import { libpqEnv, psql, quoteLiteral } from '../../support/machine/psql';
import { createDatabase } from '../../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../../support/machine/server';
import { testServers } from '../../support/servers';
import { PATIENCE_MS, until } from '../../support/until';

const DATABASE = 'hidden';
const SETTINGS = { wal_level: 'logical' };
/** Of all that is there, what is not a client's, and by what it is known. */
const OTHERS = `SELECT coalesce(string_agg(pid::text, ' ' ORDER BY pid), '') FROM pg_stat_activity
  WHERE datname = '${DATABASE}' AND backend_type IN ('walsender', 'logical replication worker',
    'logical replication apply worker')`;

const majors = [testServers().at(0)?.major ?? 0, testServers().at(-1)?.major ?? 0];
for (const major of majors) {
  describe(`sessions that are no client's, on PostgreSQL ${major}`, () => {
    let server: PgServer;
    let receiver: ChildProcess | null = null;
    before(async () => {
      const [install] = await ensurePostgres([major]);
      assert.ok(install);
      server = await startServer(install, { settings: SETTINGS });
      await createDatabase(server, DATABASE);
      const password = quoteLiteral(server.password);
      // What streams may be ended as anybody else's; the subscription's worker is a superuser's.
      await psql(
        server,
        DATABASE,
        `CREATE ROLE signals LOGIN PASSWORD ${password}; GRANT pg_signal_backend TO signals;
        CREATE ROLE streams LOGIN REPLICATION PASSWORD ${password};
        CREATE ROLE plain LOGIN PASSWORD ${password};
        GRANT ALL ON DATABASE ${DATABASE} TO streams;`,
      );
    });
    after(async () => {
      receiver?.kill('SIGKILL');
      await server.stop();
    });

    it('are left alone by a user who may end them, and does not see their types', async () => {
      const streams = { ...server, user: 'streams' };
      // One that is connected, and waits for commands.
      receiver = spawn(path.join(server.binDir, 'psql'), ['-X', '-w', 'replication=database'], {
        env: { ...process.env, ...libpqEnv(streams, DATABASE) },
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      // Another database's changes, which this database's worker applies.
      const word = server.password.replaceAll(/['\\]/g, String.raw`\$&`);
      const source = `host=${server.host} port=${server.port} user=${server.user}
        password='${word}' dbname=postgres`;
      await psql(
        server,
        'postgres',
        `CREATE PUBLICATION p; SELECT pg_create_logical_replication_slot('t', 'pgoutput');`,
      );
      await psql(
        server,
        DATABASE,
        `CREATE SUBSCRIPTION t CONNECTION ${`E'${source.replaceAll(/['\\]/g, String.raw`\$&`)}'`} PUBLICATION p
          WITH (create_slot = false, slot_name = 't');`,
      );
      const others = async (): Promise<string> => (await psql(server, 'postgres', OTHERS)).trim();
      await until(async () => (await others()).split(' ').length === 2, 'both are there');
      const before = await others();
      const client = await holdLock({ ...server, user: 'plain' }, DATABASE, 'SELECT 1;');
      const connection = buildConnection(
        { id: 'x', host: server.host, port: server.port, user: 'signals', database: DATABASE },
        {
          password: server.password,
          applicationName: 'x',
          inherited: {},
          connectTimeoutSeconds: 15,
        },
      );
      const tool = path.join(server.binDir, 'psql');
      const options = { timeoutMs: PATIENCE_MS };
      try {
        const all: ChangingStep = { do: 'endAllSessions', databases: [DATABASE] };
        await doPreflightStep(tool, connection, all, options);
        const there = `SELECT count(*) FROM pg_stat_activity WHERE pid = ${client.pid}`;
        await until(async () => (await psql(server, 'postgres', there)).trim() === '0');
        assert.equal(await others(), before);
        const pids = before.split(' ').map(Number);
        await doPreflightStep(tool, connection, { do: 'endSessions', pids }, options);
        assert.equal(await others(), before);
      } finally {
        await client.release();
      }
    });
  });
}
