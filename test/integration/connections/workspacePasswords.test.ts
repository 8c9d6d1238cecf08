import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { decodeProfiles } from '../../../src/core/connections/decodeProfiles';
import { buildConnection } from '../../../src/core/connections/libpq';
import type { ConnectionProfile, ProfileSource } from '../../../src/core/model/profile';
import { FakePostgres } from '../../support/machine/fakePostgres';
import { ensurePostgres } from '../../support/install/postgres';
import { repoPaths } from '../../support/repoPaths';
import '../../support/connections/readUrls';

const SECRET = 'Secret-of-the-user';
/** A machine that the user trusts with a password; nobody can reach it here. */
const TRUSTED = 'trusted.invalid';

interface Case {
  name: string;
  /** An entry as a workspace's settings could state it. */
  entry: Omit<ConnectionProfile, 'id'>;
  /** The user's own variables. */
  variables?: Record<string, string>;
  /** What a bare psql gets, to show that this would hand out the password. */
  bare: string[];
  /** The decoder refuses the entry of a workspace, by this name. */
  refused?: string;
  /** libpq before 16 knows no such demand. */
  since?: number;
}

describe('another machine that a workspace names', function () {
  let thief: FakePostgres;
  let atSocket: FakePostgres;
  let dir: string;
  let port: string;
  let cases: Case[];
  const binDirs = new Map<number, string>();

  before(async () => {
    for (const { major, binDir } of await ensurePostgres([13, 18])) binDirs.set(major, binDir);
    // Short: a socket's path has 107 characters at most.
    dir = await mkdtemp(path.join(tmpdir(), 'ss-'));
    [thief, atSocket] = await Promise.all([FakePostgres.start(), FakePostgres.start(dir)]);
    port = String(thief.port);
    await writeFile(path.join(dir, 'pgpass'), `${TRUSTED}:*:*:*:${SECRET}\n`, { mode: 0o600 });
    const section = [`host=${TRUSTED}`, 'sslmode=require', `password=${SECRET}`];
    const open = ['host=127.0.0.1', `port=${port}`, 'sslmode=require', `password=${SECRET}`];
    const services = ['[prod]', ...section, '', '[open]', ...open, ''].join('\n');
    await writeFile(path.join(dir, 'pg_service.conf'), services);
    cases = casesFor(port, dir);
  });
  after(async () => {
    await Promise.all([thief?.stop(), atSocket?.stop()]);
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  function inherited(variables: Record<string, string> = {}): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: dir,
      PGPASSFILE: path.join(dir, 'pgpass'),
      PGSERVICEFILE: path.join(dir, 'pg_service.conf'),
      ...variables,
    };
  }

  async function run(major: number, tool: string, args: string[], env: Record<string, string>) {
    const file = path.join(binDirs.get(major) ?? '', tool);
    const options = {
      env,
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      timeout: 15_000,
    } as const;
    await execa(file, ['-w', ...args], options);
  }

  function stolen(): string[] {
    return [...thief.passwords, ...atSocket.passwords];
  }

  /** Runs every tool as the product would. */
  async function connectBy(entry: Case['entry'], variables: Case['variables'], major: number) {
    const { profiles } = decodeProfiles([{ id: 'a', ...entry }], 'workspace');
    const [profile] = profiles;
    if (profile === undefined) return false;
    const { args, dumpallArgs, env } = buildConnection(profile, {
      inherited: inherited(variables),
      applicationName: 'test',
      connectTimeoutSeconds: 3,
    });
    const archive = path.join(repoPaths.fixtures, 'archives/mini.13.dump');
    await run(major, 'psql', ['-X', '-c', 'SELECT 1', ...args], env);
    await run(major, 'pg_dump', args, env);
    await run(major, 'pg_restore', [...args, archive], env);
    await run(major, 'pg_dumpall', dumpallArgs, env);
    return true;
  }

  const names = casesFor('0', '/').map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    it(`gets no password of the user: ${name}`, async () => {
      const one = cases[index];
      assert.ok(one);
      for (const major of binDirs.keys()) {
        if (major < (one.since ?? 0)) continue;
        thief.clear();
        atSocket.clear();
        // First shows that a bare psql does hand out the password, or the test would prove nothing.
        await run(major, 'psql', ['-X', '-c', 'SELECT 1', ...one.bare], inherited(one.variables));
        assert.deepEqual(stolen(), [SECRET], `a bare psql ${major} is robbed`);
        thief.clear();
        atSocket.clear();
        const used = await connectBy(one.entry, one.variables, major);
        assert.equal(used, one.refused === undefined);
        if (!used) assert.equal(thief.connections + atSocket.connections, 0);
        assert.deepEqual(stolen(), [], `with ${major}`);
        if (one.refused === undefined) continue;
        const { problems } = decodeProfiles([{ id: 'a', ...one.entry }], 'workspace');
        assert.ok(problems.some(({ problem }) => problem === one.refused));
      }
    });
  }

  it('gets it where the user says so', async () => {
    const sources: [source: ProfileSource, expected: string[]][] = [
      ['user', [SECRET]],
      ['workspace', []],
    ];
    const url = `postgresql://bob@${TRUSTED}:${port}/x?hostaddr=127.0.0.1`;
    for (const [source, expected] of sources) {
      thief.clear();
      const [profile] = decodeProfiles([{ id: 'a', url }], source).profiles;
      if (profile !== undefined) {
        const { args, env } = buildConnection(profile, {
          inherited: inherited(),
          applicationName: 'test',
          connectTimeoutSeconds: 3,
        });
        await run(18, 'psql', ['-X', '-c', 'SELECT 1', ...args], env);
      }
      assert.deepEqual(thief.passwords, expected);
    }
  });
});

function casesFor(port: string, socketDir: string): Case[] {
  const at = `127.0.0.1:${port}`;
  const here = { host: '127.0.0.1', port: Number(port) };
  return [
    {
      name: 'an address beside a trusted name',
      entry: { url: `postgresql://bob@${TRUSTED}:${port}/x?hostaddr=127.0.0.1` },
      bare: [`--dbname=postgresql://bob@${TRUSTED}:${port}/x?hostaddr=127.0.0.1`],
      refused: 'addressBesideHost',
    },
    {
      name: 'an address, under the name that the user has set',
      entry: { url: `postgresql://bob@:${port}/x?hostaddr=127.0.0.1` },
      variables: { PGHOST: TRUSTED },
      bare: [`--dbname=user=bob hostaddr=127.0.0.1 port=${port}`],
    },
    {
      name: 'a host beside a service',
      entry: { service: 'prod', ...here, sslMode: 'disable' },
      bare: [`--dbname=service=prod host=127.0.0.1 port=${port} sslmode=disable`],
      refused: 'besideService',
    },
    {
      name: 'an address beside a service, in a URL',
      entry: {
        url: `postgresql:///x?service=prod&hostaddr=127.0.0.1&port=${port}&sslmode=disable`,
      },
      bare: [`--dbname=service=prod hostaddr=127.0.0.1 port=${port} sslmode=disable`],
      refused: 'besideService',
    },
    {
      name: 'no encryption beside a service that demands it',
      entry: { service: 'open', sslMode: 'disable' },
      bare: ['--dbname=service=open sslmode=disable'],
      refused: 'besideService',
    },
    {
      name: 'no encryption, and the service that the user has set',
      entry: { sslMode: 'disable' },
      variables: { PGSERVICE: 'open' },
      bare: ['--dbname=sslmode=disable'],
    },
    {
      name: 'any host, and PGPASSWORD',
      entry: here,
      variables: { PGPASSWORD: SECRET },
      bare: ['--host=127.0.0.1', `--port=${port}`],
    },
    {
      name: 'any host, PGPASSWORD and a trusted PGHOST',
      entry: { url: `postgresql://bob@${at}/x` },
      variables: { PGPASSWORD: SECRET, PGHOST: TRUSTED },
      bare: [`--dbname=postgresql://bob@${at}/x`],
    },
    {
      name: 'a host behind a trusted one',
      entry: { url: `postgresql://bob@${TRUSTED}:1,${at}/x` },
      variables: { PGPASSWORD: SECRET, PGHOST: TRUSTED },
      bare: [`--dbname=postgresql://bob@${TRUSTED}:1,${at}/x`],
    },
    {
      name: 'another port of the trusted host',
      entry: { port: Number(port), user: 'bob' },
      variables: { PGPASSWORD: SECRET, PGHOST: '127.0.0.1' },
      bare: [`--port=${port}`],
    },
    {
      name: 'a socket',
      entry: { host: socketDir, user: 'bob' },
      variables: { PGPASSWORD: SECRET },
      bare: [`--host=${socketDir}`, '--username=bob'],
    },
    {
      name: 'no encryption where the user demands it',
      entry: { sslMode: 'disable', user: 'bob' },
      variables: {
        PGPASSWORD: SECRET,
        PGHOST: '127.0.0.1',
        PGPORT: port,
        PGSSLMODE: 'require',
      },
      bare: ['--dbname=sslmode=disable user=bob'],
    },
    {
      name: 'a password in clear where the user demands SCRAM',
      entry: { url: 'postgresql://bob@/x?require_auth=password' },
      variables: {
        PGPASSWORD: SECRET,
        PGHOST: '127.0.0.1',
        PGPORT: port,
        PGREQUIREAUTH: 'scram-sha-256',
      },
      bare: ['--dbname=require_auth=password user=bob'],
      since: 16,
    },
    {
      name: 'the file with the passwords',
      entry: {
        url: `postgresql://nobody@${at}/x?passfile=${encodeURIComponent(socketDir)}/pgpass`,
      },
      variables: { PGPASSWORD: SECRET },
      bare: [`--dbname=postgresql://nobody@${at}/x`],
      refused: 'refusedUrlParameter',
    },
  ];
}
