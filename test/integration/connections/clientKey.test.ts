import assert from 'node:assert/strict';
import { type KeyObject } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runQuery } from '../../../src/core/catalog/psql';
import { buildConnection } from '../../../src/core/connections/libpq';
import { type PasswordProvider, withPassword } from '../../../src/core/connections/passwords';
import { AppError } from '../../../src/core/errors';
import type { ConnectionProfile } from '../../../src/core/model/profile';
import { ensurePostgres, testedMajors } from '../../support/install/postgres';
import { giveToServer } from '../../support/machine/newCluster';
import { psql } from '../../support/machine/psql';
import { createSampleDatabase } from '../../support/machine/sampleDatabase';
import { type PgServer, startServer } from '../../support/machine/server';
import { makeIdentity } from '../harness/certificates';
import { JobHarness } from '../harness/jobHarness';

describe('the passphrase of a client key', function () {
  const passphrase = `s3 cr"et'\\x =#é`;
  const role = 'keyed';
  const database = 'client_key';
  const inherited = { PATH: process.env['PATH'], HOME: '/nonexistent' };
  let dir: string;
  let server: PgServer;
  let harness: JobHarness;
  let profile: ConnectionProfile;
  /** The psql of each major. */
  let programs: string[];

  async function write(name: string, text: string, owned = false): Promise<string> {
    const file = path.join(dir, name);
    await writeFile(file, text);
    await chmod(file, 0o600);
    if (owned) await giveToServer(file);
    return file;
  }

  const pem = (key: KeyObject, type: 'pkcs8' | 'sec1', locked: boolean): string =>
    key
      .export({
        ...{ type, format: 'pem' },
        ...(locked ? { cipher: 'aes-256-cbc', passphrase } : {}),
      } as { type: 'pkcs8'; format: 'pem' })
      .toString();

  before(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'client-key-'));
    await chmod(dir, 0o755);
    const authority = makeIdentity('authority');
    const [ours, theirs] = [makeIdentity(role, authority), makeIdentity('localhost', authority)];
    const sslRootCert = await write('root.crt', authority.certificate);
    const installs = await ensurePostgres(testedMajors);
    programs = installs.map(({ binDir }) => path.join(binDir, 'psql'));
    const newest = installs.at(-1);
    assert.ok(newest);
    server = await startServer(newest, {
      hbaLines: [`hostssl all ${role} 127.0.0.1/32 cert`],
      settings: {
        ssl: 'on',
        ssl_ca_file: await write('ca.crt', authority.certificate, true),
        ssl_cert_file: await write('server.crt', theirs.certificate, true),
        ssl_key_file: await write('server.key', pem(theirs.key, 'pkcs8', false), true),
      },
    });
    await createSampleDatabase(server, database, 'tiny');
    await psql(server, 'postgres', `CREATE ROLE ${role} LOGIN SUPERUSER;`);
    await write('old.key', pem(ours.key, 'sec1', true));
    await write('open.key', pem(ours.key, 'pkcs8', false));
    profile = {
      id: 'keyed',
      ...{ host: 'localhost', port: server.port, user: role, database },
      ...{ sslMode: 'verify-full', sslRootCert },
      sslCert: await write('client.crt', ours.certificate),
      sslKey: await write('client.key', pem(ours.key, 'pkcs8', true)),
    };
    harness = await JobHarness.create([newest.binDir], {
      inherited,
      passwords: {
        get: async () => undefined,
        request: async () => passphrase,
        accepted: async () => undefined,
      },
    });
    const { id, host, port, user, ...more } = profile;
    harness.connect(
      id,
      { ...server, host: host ?? '', port: port ?? 0, user: user ?? '' },
      database,
      more,
    );
  });

  after(async () => {
    await harness?.dispose();
    await server?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  /** Asks who is there as `keyed`, with what is given when asked for. */
  async function who(
    program: string,
    of: Partial<ConnectionProfile>,
    ...answers: (string | undefined)[]
  ): Promise<{ answer: unknown; asked: string[] }> {
    const asked: string[] = [];
    const provider: PasswordProvider = {
      get: async () => undefined,
      request: async (_profile, reason, _signal, kind = 'password') => {
        asked.push(`${kind} ${reason}`);
        return answers.shift();
      },
      accepted: async () => void asked.push('accepted'),
    };
    const whole = { ...profile, ...of };
    const how = { applicationName: 'key', inherited, connectTimeoutSeconds: 15 };
    const answer = await withPassword(
      whole,
      provider,
      (password, keyPassphrase) => {
        const connection = buildConnection(whole, { ...how, password, keyPassphrase });
        const args = [...connection.args, ...connection.dumpallArgs].join(' ');
        assert.ok(!args.includes('s3 cr'), 'it is in no argument');
        return runQuery(program, connection, 'SELECT to_json(current_user)', { timeoutMs: 60_000 });
      },
      { variables: inherited },
    ).catch((error: unknown) => error);
    return { answer, asked };
  }

  it('is asked for, and asked for again when it is wrong, with the tools of every major', async () => {
    for (const program of programs) {
      const { answer, asked } = await who(program, {}, 'wrong', passphrase);
      assert.equal(answer, role, program);
      assert.deepEqual(asked, ['keyPassphrase missing', 'keyPassphrase rejected', 'accepted']);
    }
  });

  it('is asked for only where the key needs it, in both forms of keys', async () => {
    const [program = ''] = programs.slice(-1);
    const old = await who(program, { sslKey: path.join(dir, 'old.key') }, passphrase);
    assert.equal(old.answer, role);
    const open = await who(program, { sslKey: path.join(dir, 'open.key') });
    assert.deepEqual(open, { answer: role, asked: ['accepted'] });
    const given = await who(program, {});
    assert.ok(AppError.is(given.answer, 'keyLocked'));
  });

  it('reaches all processes of a job, and leaves no file', async () => {
    const before = await readdir(os.tmpdir());
    const outputPath = harness.path('keyed');
    const job = await harness.backup({
      connectionId: profile.id,
      outputPath,
      format: 'directory',
      jobs: 2,
    });
    assert.equal(job.status, 'completed', JSON.stringify(job.errors));
    const copy = { targetDatabase: `${database}_copy`, createDatabase: true, jobs: 2 } as const;
    const back = await harness.restore({
      connectionId: profile.id,
      inputPath: outputPath,
      ...copy,
    });
    assert.equal(back.status, 'completed', JSON.stringify(back.errors));
    const left = (await readdir(os.tmpdir())).filter(
      (name) => /^pgbackup-[0-9a-f]{24}$/.test(name) && !before.includes(name),
    );
    assert.deepEqual(left, []);
    assert.doesNotMatch(JSON.stringify([job, back]), /s3 cr/);
  });
});
