import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { openTunnel } from '../../../src/core/connections/openTunnel';
import { readSshRoute } from '../../../src/core/connections/ssh/readRoute';
import type { ConnectionProfile } from '../../../src/core/model/profile';
import { AppError } from '../../../src/core/errors';
import type { BackupJob } from '../../../src/core/model/job';
import { spawnTool } from '../../../src/core/jobs/tool/toolProcess';
import { FormTunnels } from '../../../src/vscode/connections/formTunnels';
import { freePort } from '../../support/machine/freePort';
import { createSampleDatabase } from '../../support/machine/sampleDatabase';
import { holdLock } from '../../support/machine/heldLock';
import { SshServer } from '../../support/machine/sshServer';
import { runs } from '../../support/hold/processState';
import { newestServer } from '../../support/servers';
import { repoPaths } from '../../support/repoPaths';
import { until } from '../../support/until';
import { JobHarness, jobBackends, processesWith } from '../harness/jobHarness';
import { SupervisorHarness } from '../harness/supervisorHarness';

describe('through an SSH server', () => {
  const server = newestServer();
  const database = 'ssh_tunnel';
  let ssh: SshServer;
  let jobs: JobHarness;
  let inherited: Record<string, string | undefined>;

  before(async () => {
    ssh = await SshServer.start();
    inherited = { PATH: ssh.binDir, HOME: ssh.dir, PGOPTIONS: 'kept from ssh' };
    jobs = await JobHarness.create([server.binDir], { inherited, connectTimeoutSeconds: 3 });
    await createSampleDatabase(server, database, 'tiny');
  });

  after(async () => {
    await jobs?.dispose();
    await ssh?.stop();
  });

  /** To the server by the name that the SSH server knows it by. */
  function connect(id: string, through: unknown, more: Partial<ConnectionProfile> = {}): string {
    const route = readSshRoute(through);
    assert.ok(route);
    return jobs.connect(id, server, database, { host: 'localhost', ssh: route, ...more });
  }

  async function backup(connectionId: string): Promise<BackupJob> {
    return jobs.backup({ connectionId, outputPath: jobs.path(`${connectionId}.dump`) });
  }

  /** How a backup fails; nothing of it is left. */
  async function failure(connectionId: string): Promise<AppError<'sshFailed'>['details']> {
    const job = await backup(connectionId);
    const error = jobs.manager.failure(job.id);
    assert.ok(AppError.is(error, 'sshFailed'), `${job.status}: ${String(error)}`);
    assert.equal(existsSync(jobs.path(`${connectionId}.dump`)), false);
    await nothingRuns();
    return error.details;
  }

  async function nothingRuns(): Promise<void> {
    await until(() => processesWith(ssh.file('config')).length === 0, 'no ssh is left');
    assert.deepEqual(await jobs.leftovers(), []);
  }

  for (const [id, through, name] of [
    ['name', 'known', 'a name of the configuration'],
    ['jump', { host: 'known', jump: 'known' }, 'an object with a server on the way'],
    ['ports', 'ports', 'a name with other ports, a master and a command in its configuration'],
  ] as const) {
    it(`a backup is made by ${name}`, async () => {
      const job = await backup(connect(id, through));
      assert.equal(job.status, 'completed', String(jobs.manager.failure(job.id)));
      await nothingRuns();
      // The arguments say what the user said; what the tunnel chose is no part of them.
      assert.ok(job.command.includes('--host=localhost'));
      assert.ok(!job.command.some((argument) => argument.startsWith('--port')));
      assert.equal(existsSync(ssh.file('master')), false);
    });
  }

  it('a user may be named, with the port', async () => {
    const id = connect('user-port', { host: '127.0.0.1', user: ssh.user, port: ssh.port });
    const details = await failure(id);
    assert.equal(details.ssh, `${ssh.user}@127.0.0.1:${ssh.port}`);
    assert.equal(details.reason, 'hostKeyUnknown');
  });

  it('the password file is asked by the real name and port', async () => {
    const id = connect('pgpass', 'known');
    jobs.setPassword(id, undefined);
    const other = `localhost:1:*:*:wrong\nother:${server.port}:*:*:wrong\n`;
    const own = `localhost:${server.port}:${database}:${server.user}:${server.password}\n`;
    await writeFile(ssh.file('.pgpass'), other + own);
    await chmod(ssh.file('.pgpass'), 0o600);
    const job = await backup(id);
    assert.equal(job.status, 'completed', String(jobs.manager.failure(job.id)));
  });

  it('TLS is negotiated with the real name', async () => {
    const hello: Buffer[] = [];
    const fake = net.createServer((socket) => {
      socket.on('error', () => undefined);
      // The request for TLS, then the client's first words of it.
      socket.once('data', () => {
        socket.write('S');
        socket.on('data', (chunk: Buffer) => {
          hello.push(chunk);
          socket.destroy();
        });
      });
    });
    await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
    const { port } = fake.address() as net.AddressInfo;
    await backup(connect('tls', 'known', { port, sslMode: 'require' }));
    fake.close();
    assert.ok(Buffer.concat(hello).includes('localhost'));
  });

  describe('failures are told by their cause', () => {
    for (const [name, reason] of [
      ['keyless', 'denied'],
      ['locked', 'denied'],
      ['confined', 'forwardRefused'],
      ['nowhere', 'hostUnknown'],
    ] as const) {
      it(`${name}: ${reason}`, async () => {
        assert.equal((await failure(connect(name, name))).reason, reason);
      });
    }

    it('no database behind it', async () => {
      const port = await freePort();
      const { reason } = await failure(connect('no-database', 'known', { port }));
      assert.equal(reason, 'databaseUnreachable');
    });

    it('nobody listens', async () => {
      const { reason } = await failure(
        connect('nobody', { host: 'known', port: await freePort() }),
      );
      assert.equal(reason, 'unreachable');
    });

    for (const [name, says, reasons] of [
      ['silent', '', ['tooSlow', 'noSsh']],
      ['web', 'HTTP/1.1 400 Bad Request\r\n\r\n', ['noSsh']],
    ] as const) {
      it(`something ${name} answers`, async () => {
        const sockets = new Set<net.Socket>();
        const other = net.createServer((socket) => {
          sockets.add(socket.on('error', () => undefined));
          if (says !== '') socket.end(says);
        });
        await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
        const { port } = other.address() as net.AddressInfo;
        try {
          const { reason, text } = await failure(connect(`says-${name}`, { host: 'known', port }));
          assert.ok(reasons.includes(reason as never), `${reason}: ${text}`);
        } finally {
          for (const socket of sockets) socket.destroy();
          other.close();
        }
      });
    }
  });

  /** Addresses, in hexadecimal digits, at which a port of this machine is listened at (Linux). */
  async function addressesOf(port: number): Promise<string[]> {
    const files = ['/proc/net/tcp', '/proc/net/tcp6'].filter((file) => existsSync(file));
    const tables = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    const listening = /^\s*\d+: ([\dA-F]+):([\dA-F]{4}) \S+ 0A /gm;
    return tables
      .flatMap((table) => [...table.matchAll(listening)])
      .filter(([, , of = '']) => Number.parseInt(of, 16) === port)
      .map(([, address = '']) => address);
  }

  it('ssh listens on the loopback address alone, gets no variable of libpq and no password', async () => {
    const route = readSshRoute('ports');
    assert.ok(route);
    const commands: Parameters<typeof spawnTool>[0][] = [];
    const tunnel = await openTunnel(
      { id: 'x', host: 'localhost', port: server.port, source: 'user', ssh: route },
      {
        inherited: { ...inherited, PGPASSWORD: server.password },
        connectTimeoutSeconds: 10,
        start: (...how) => {
          commands.push(how[0]);
          return spawnTool(...how);
        },
      },
    );
    const [port = 0] = tunnel.ports;
    const reached = await addressesOf(port);
    await tunnel.close();
    assert.deepEqual(reached, ['0100007F']);
    const [command] = commands;
    assert.ok(command);
    assert.ok(!JSON.stringify(command).includes(server.password));
    assert.deepEqual(
      Object.keys(command.env).filter((name) => name.startsWith('PG')),
      [],
    );
  });

  it('forms share a tunnel, open another when it is lost, and leave none', async () => {
    const route = readSshRoute('known');
    assert.ok(route);
    const { port, user } = server;
    const profile = { ...{ id: 'form', host: 'localhost', port, user }, ssh: route } as const;
    const silent = { answer: async () => 'nobody' as const, ended: () => undefined };
    const tunnels = new FormTunnels({
      guardScript: path.join(repoPaths.root, 'dist/guard.js'),
      askpassProgram: path.join(repoPaths.root, 'dist/askpass.js'),
      answers: { ...silent, unasked: silent },
      connectTimeoutSeconds: () => 10,
    });
    const { PATH } = process.env;
    process.env['PATH'] = ssh.binDir;
    const portNow = (): Promise<number | undefined> =>
      tunnels.use(profile, async (tunnel) => tunnel?.ports[0]);
    const sshs = (): string[] => processesWith(ssh.file('config'));
    try {
      const [first, again] = await Promise.all([portNow(), portNow()]);
      assert.equal(again, first);
      assert.equal(await portNow(), first);
      assert.equal(sshs().length, 1);
      process.kill(Number.parseInt(sshs()[0] ?? '', 10), 'SIGKILL');
      await until(async () => (await portNow()) !== first, 'another tunnel is opened');
      assert.equal(sshs().length, 1);
      const locked = { ...profile, ssh: { host: 'locked' } };
      await assert.rejects(
        tunnels.use(locked, async () => assert.fail('nothing is asked')),
        (error: unknown) =>
          AppError.is(error, 'sshFailed') && error.details.reason === 'nobodyToAsk',
      );
    } finally {
      process.env['PATH'] = PATH;
      tunnels.dispose();
    }
    await until(() => sshs().length === 0, 'no ssh is left');
  });

  it('a connection that is cut in mid-dump fails the job, and nothing is left', async () => {
    const lock = await holdLock(server, database, 'LOCK TABLE app.orders;');
    try {
      const id = connect('cut', 'known');
      const started = jobs.startBackup({ connectionId: id, outputPath: jobs.path('cut.dump') });
      await until(
        async () => (await jobBackends(server)).some((query) => /LOCK TABLE/.test(query)),
        'the dump waits for the lock',
      );
      for (const pid of processesWith(ssh.file('config')))
        process.kill(Number.parseInt(pid, 10), 'SIGKILL');
      const job = await started.finished;
      const error = jobs.manager.failure(job.id);
      assert.ok(AppError.is(error, 'sshFailed'), String(error));
      assert.equal(error.details.reason, 'ended');
      assert.equal(existsSync(jobs.path('cut.dump')), false);
      assert.deepEqual(await jobs.leftovers(), []);
    } finally {
      await lock.release();
    }
  });

  it('ssh ends with a supervisor that is killed', async () => {
    const harness = await SupervisorHarness.create(server, database);
    const lock = await holdLock(server, database, 'LOCK TABLE app.orders;');
    try {
      const route = readSshRoute('known');
      assert.ok(route);
      const main = harness.setup.profiles[0] ?? { id: 'main' };
      harness.setup.profiles[0] = { ...main, host: 'localhost', ssh: route };
      const window = await harness.window({ inherited: { PATH: ssh.binDir } });
      const id = window.startBackup({ outputPath: harness.path('killed.dump') });
      await until(
        async () => (await jobBackends(server)).some((query) => /LOCK TABLE/.test(query)),
        'the dump waits for the lock',
      );
      const { owner, tools } = await harness.stored(id);
      assert.equal(tools.length, 2, 'pg_dump and ssh are in the record');
      process.kill(owner.pid, 'SIGKILL');
      await until(() => tools.every(({ pid }) => !runs(pid)), 'pg_dump and ssh end');
      await until(async () => (await jobBackends(server)).length === 0, 'no backend');
    } finally {
      await lock.release();
      await harness.dispose();
    }
  });
});
