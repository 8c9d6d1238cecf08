import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { countBackends } from '../../../src/core/catalog/backends';
import { runQuery } from '../../../src/core/catalog/psql';
import { readServerInfo } from '../../../src/core/catalog/serverInfo';
import { buildConnection, type ConnectionInput } from '../../../src/core/connections/libpq';
import { parseUrl } from '../../../src/core/connections/url/parseUrl';
import type { ConnectionProfile } from '../../../src/core/model/profile';
import { AppError } from '../../../src/core/errors';
import { ensurePostgres } from '../../support/install/postgres';
import { psql as adminSql, quoteIdent, quoteLiteral } from '../../support/machine/psql';
import { startServer, type PgServer } from '../../support/machine/server';
import { until } from '../../support/until';
import { ODD_NAMES, urlsOf } from './connectionCases';
import '../../support/connections/readUrls';

type Profile = Omit<ConnectionProfile, 'id'>;

const whoSql = `SELECT json_build_object('database', current_database(), 'user', current_user,
  'port', inet_server_port(), 'application', current_setting('application_name'),
  'encoding', current_setting('client_encoding'), 'geqo', current_setting('geqo'))`;

interface Who {
  database: string;
  user: string;
  port: number;
  application: string;
  encoding: string;
  geqo: string;
}

describe('connections', function () {
  /** The server that the connection names. */
  let server: PgServer;
  /** The server that inherited variables name. */
  let decoy: PgServer;
  let psql: string;
  let dir: string;
  const clean = { PATH: process.env['PATH'], HOME: '/nonexistent' };
  const options = { timeoutMs: 20_000 };

  before(async () => {
    const [install] = await ensurePostgres([17]);
    assert.ok(install);
    const hbaLines = ['host refused all 127.0.0.1/32 reject'];
    [server, decoy] = await Promise.all([
      startServer(install, { hbaLines }),
      startServer(install, { auth: 'trust' }),
    ]);
    psql = path.join(install.binDir, 'psql');
    dir = await mkdtemp(path.join(tmpdir(), 'connections-'));
    for (const name of ODD_NAMES) {
      const [id, text] = [quoteIdent(name), quoteLiteral(server.password)];
      await adminSql(server, 'postgres', `CREATE ROLE ${id} LOGIN SUPERUSER PASSWORD ${text};`);
      await adminSql(server, 'postgres', `CREATE DATABASE ${id};`);
    }
  });

  after(async () => {
    await Promise.all([server?.stop(), decoy?.stop()]);
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  function profileOf(profile: Profile = {}): ConnectionProfile {
    return { id: 'a', host: server.host, port: server.port, user: server.user, ...profile };
  }

  function inputOf(input: Partial<ConnectionInput> = {}): ConnectionInput {
    return {
      password: server.password,
      applicationName: 'pgbk-test',
      inherited: clean,
      connectTimeoutSeconds: 5,
      ...input,
    };
  }

  async function ask(profile: ConnectionProfile, input?: Partial<ConnectionInput>): Promise<Who> {
    return (await runQuery(psql, buildConnection(profile, inputOf(input)), whoSql, options)) as Who;
  }

  async function refusal(profile: ConnectionProfile, input?: Partial<ConnectionInput>) {
    const error = await ask(profile, input).then(
      () => assert.fail('was let in'),
      (e: unknown) => e,
    );
    assert.ok(AppError.is(error), String(error));
    assert.ok(!`${String(error.stack)}${JSON.stringify(error)}`.includes(server.password));
    return error;
  }

  for (const name of ODD_NAMES) {
    it(`user and database ${JSON.stringify(name)}: psql, pg_dump, pg_restore, pg_dumpall`, async () => {
      const profile = profileOf({ user: name, database: name });
      const who = await ask(profile);
      assert.deepEqual([who.user, who.database, who.port], [name, name, server.port]);
      const byUrl = await ask({
        id: 'a',
        url:
          `postgresql://${encodeURIComponent(name)}@${server.host}:${server.port}` +
          `/${encodeURIComponent(name)}`,
      });
      assert.deepEqual([byUrl.user, byUrl.database], [name, name]);
      const byOverride = await ask(profileOf({ database: 'postgres' }), { database: name });
      assert.equal(byOverride.database, name);

      const { args, dumpallArgs, env } = buildConnection(profile, inputOf());
      const run = (tool: string, rest: string[]) =>
        execa(path.join(server.binDir, tool), rest, { env, extendEnv: false, stdin: 'ignore' });
      const file = path.join(dir, 'odd.dump');
      await run('pg_dump', ['-w', ...args, '--format=custom', `--file=${file}`]);
      await run('pg_restore', ['-w', ...args, '--exit-on-error', file]);
      const globals = await run('pg_dumpall', ['-w', ...dumpallArgs, '--globals-only']);
      assert.match(globals.stdout, /CREATE ROLE/);
    });
  }

  it('reads URLs as psql does', async () => {
    for (const url of urlsOf(server)) {
      const raw = await execa(psql, ['-XAtqw', '-c', whoSql, '-d', url], {
        env: { ...clean, PGPASSWORD: server.password, PGAPPNAME: 'pgbk-test' },
        extendEnv: false,
        reject: false,
      });
      assert.equal('url' in parseUrl(url), raw.exitCode === 0, `${url}\n${raw.stderr}`);
      if (raw.exitCode !== 0) continue;
      assert.deepEqual(await ask({ id: 'a', url, source: 'user' }), JSON.parse(raw.stdout), url);
    }
  });

  describe('inherited variables', () => {
    async function serviceFile(lines: string[]): Promise<string> {
      const file = path.join(dir, 'pg_service.conf');
      await writeFile(file, ['[here]', ...lines, ''].join('\n'));
      return file;
    }

    it('neither override nor redirect what the connection states', async () => {
      const file = await serviceFile([
        `hostaddr=${decoy.host}`,
        `port=${decoy.port}`,
        'dbname=template1',
        'options=-c geqo=off',
        'sslmode=require',
        'client_encoding=LATIN1',
      ]);
      const inherited = {
        ...clean,
        PGHOST: decoy.host,
        PGHOSTADDR: '127.0.0.9',
        PGPORT: String(decoy.port),
        PGUSER: 'somebody',
        PGDATABASE: 'template1',
        PGPASSWORD: 'another',
        PGSERVICE: 'here',
        PGSERVICEFILE: file,
        PGOPTIONS: '-c geqo=off',
        PGTARGETSESSIONATTRS: 'standby',
        PGLOADBALANCEHOSTS: 'nonsense',
        PGSSLMODE: 'require',
        PGAPPNAME: 'somebody else',
        PGCLIENTENCODING: 'nonsense',
        PGDATESTYLE: 'nonsense',
        PGTZ: 'nonsense',
      };
      const profile = profileOf({ database: 'plain', sslMode: 'disable', source: 'user' });
      assert.deepEqual(await ask(profile, { inherited }), {
        database: 'plain',
        user: 'postgres',
        port: server.port,
        application: 'pgbk-test',
        encoding: 'UTF8',
        geqo: 'on',
      });
      // The same environment does lead a bare psql astray, or the test would prove nothing.
      const bare = await execa(psql, ['-XAtqw', '-c', whoSql, `--host=${server.host}`], {
        env: inherited,
        extendEnv: false,
        reject: false,
      });
      assert.notEqual(bare.exitCode, 0);
    });

    it('fill what the connection leaves out', async () => {
      const inherited = {
        ...clean,
        PGHOST: server.host,
        PGPORT: String(server.port),
        PGUSER: server.user,
        PGDATABASE: 'with space',
        PGPASSWORD: server.password,
      };
      const who = await ask({ id: 'a' }, { inherited, password: undefined });
      assert.deepEqual([who.port, who.database], [server.port, 'with space']);
    });

    it('lead to a service where the connection says nothing about where', async () => {
      const file = await serviceFile([
        `host=${server.host}`,
        `port=${server.port}`,
        `user=${server.user}`,
        `password=${server.password}`,
        'dbname=plain',
      ]);
      const inherited = { ...clean, PGSERVICE: 'here', PGSERVICEFILE: file };
      const who = await ask({ id: 'a', database: 'a=b' }, { inherited, password: undefined });
      assert.deepEqual([who.port, who.database], [server.port, 'a=b']);
    });

    it("a service's section: what the connection states and the job's name win over it", async () => {
      const file = await serviceFile([
        `host=${server.host}`,
        `port=${server.port}`,
        'user=nobody',
        'dbname=plain',
        'sslmode=require',
        'application_name=from the file',
        'client_encoding=LATIN1',
      ]);
      const inherited = {
        ...clean,
        PGSERVICEFILE: file,
        PGHOSTADDR: '127.0.0.9',
        PGPORT: String(decoy.port),
        PGDATABASE: 'template1',
      };
      const profile: ConnectionProfile = {
        id: 'a',
        source: 'user',
        service: 'here',
        user: 'postgres',
        sslMode: 'disable',
      };
      const expected = {
        database: 'plain',
        user: 'postgres',
        port: server.port,
        application: 'pgbk-test',
        encoding: 'UTF8',
        geqo: 'on',
      };
      assert.deepEqual(await ask(profile, { inherited }), expected);
      const other = await ask(profile, {
        inherited,
        database: 'postgres://nobody@nowhere.invalid/x',
      });
      assert.equal(other.database, 'postgres://nobody@nowhere.invalid/x');
      const byUrl = await ask(
        { id: 'a', source: 'user', url: 'postgresql://postgres@/?service=here&sslmode=disable' },
        { inherited },
      );
      assert.deepEqual(byUrl, expected);
    });

    it('a password file serves where no password is stored', async () => {
      const file = path.join(dir, 'passfile');
      const escaped = server.password.replace(/[\\:]/g, '\\$&');
      await writeFile(file, `*:*:*:postgres:${escaped}\n`, { mode: 0o600 });
      const inherited = { ...clean, PGPASSFILE: file };
      assert.equal((await ask(profileOf(), { inherited, password: undefined })).user, 'postgres');
    });
  });

  describe('refusals', () => {
    it('no password: asked for, never waited for', async () => {
      const error = await refusal(profileOf(), { password: undefined });
      assert.equal(error.code, 'passwordRequired');
    });

    it('wrong password', async () => {
      const error = await refusal(profileOf(), { password: 'wrong one' });
      assert.equal(error.code, 'authenticationFailed');
      assert.ok(!error.message.includes('wrong one'));
    });

    it('unknown user', async () => {
      assert.equal((await refusal(profileOf({ user: 'nobody' }))).code, 'authenticationFailed');
    });

    it('unknown host', async () => {
      assert.equal((await refusal(profileOf({ host: 'nowhere.invalid' }))).code, 'connectFailed');
    });

    it('nobody listens', async () => {
      assert.equal((await refusal(profileOf({ port: 1 }))).code, 'connectFailed');
    });

    it('missing database', async () => {
      const error = await refusal(profileOf({ database: `no=where 'x'` }));
      assert.equal(error.code, 'databaseMissing');
      assert.deepEqual(error.details, { database: `no=where 'x'`, connection: 'a' });
    });

    it('refused database', async () => {
      const error = await refusal(profileOf({ database: 'refused' }));
      // No password would help, so none must be asked for.
      assert.equal(error.code, 'connectFailed');
      assert.match(error.message, /pg_hba\.conf/);
    });

    it('a database that takes no connections', async () => {
      const error = await refusal(profileOf({ database: 'template0' }));
      assert.equal(error.code, 'connectFailed');
    });

    it('TLS demanded of a server without it', async () => {
      const error = await refusal(profileOf({ sslMode: 'require' }));
      assert.equal(error.code, 'connectFailed');
      assert.match(error.message, /SSL/);
    });

    it('somebody listens and never answers', async () => {
      const silent = net.createServer();
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      try {
        const { port } = silent.address() as net.AddressInfo;
        const connection = buildConnection(
          profileOf({ port }),
          inputOf({ connectTimeoutSeconds: 2 }),
        );
        await assert.rejects(runQuery(psql, connection, whoSql, options), (e) =>
          AppError.is(e, 'connectFailed'),
        );
        await assert.rejects(runQuery(psql, connection, whoSql, { timeoutMs: 300 }), (e) =>
          AppError.is(e, 'queryTimedOut'),
        );
      } finally {
        silent.close();
      }
    });

    it('no psql where it is said to be', async () => {
      const connection = buildConnection(profileOf(), inputOf());
      await assert.rejects(runQuery('/nonexistent/psql', connection, whoSql, options), (e) =>
        AppError.is(e, 'toolMissing'),
      );
    });
  });

  it('cannot write through a query', async () => {
    const connection = buildConnection(profileOf(), inputOf());
    await assert.rejects(
      runQuery(psql, connection, 'CREATE TABLE public.written ()', options),
      (e) => AppError.is(e, 'queryFailed'),
    );
  });

  it('ends a query on the server when it is cancelled or takes too long', async () => {
    const watcher = buildConnection(profileOf(), inputOf({ applicationName: 'watcher' }));
    const count = (): Promise<number> => countBackends(psql, watcher, 'sleeper', options);
    const sleeper = buildConnection(profileOf(), inputOf({ applicationName: 'sleeper' }));
    const sleep = 'SELECT to_json(pg_sleep(60)::text)';

    const controller = new AbortController();
    const cancelled = assert.rejects(
      runQuery(psql, sleeper, sleep, { ...options, signal: controller.signal }),
      (e) => AppError.is(e, 'cancelled'),
    );
    await until(async () => (await count()) > 0);
    controller.abort();
    await cancelled;
    await until(async () => (await count()) === 0);

    await assert.rejects(
      runQuery(psql, sleeper, sleep, { timeoutMs: 500 }),
      (e) => AppError.is(e, 'queryTimedOut') || AppError.is(e, 'queryFailed'),
    );
    await until(async () => (await count()) === 0);
  });

  it('tells who and what answers', async () => {
    const profile = profileOf({ database: 'a=b' });
    const info = await readServerInfo(psql, buildConnection(profile, inputOf()), options);
    assert.equal(info.version, server.version);
    assert.equal(info.major, server.major);
    assert.equal(Math.floor(info.versionNumber / 10000), server.major);
    assert.equal(info.database, 'a=b');
    assert.equal(info.user, 'postgres');
    assert.equal(info.encoding, 'UTF8');
    assert.equal(info.isSuperuser, true);
    assert.ok((info.databaseBytes ?? 0) > 5_000_000);
    assert.deepEqual(new Set(info.databases), new Set([...ODD_NAMES, 'postgres']));
  });
});
