import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { newestServer } from '../../support/servers';
import type { ServerCoordinates } from '../../support/machine/server';
import { createSampleDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { until } from '../../support/until';
import type { BackupJob } from '../../../src/core/model/job';
import { JobHarness } from '../harness/jobHarness';
import { LockHolder } from '../harness/lockHolder';

const database = 'stalled';

/** Forwards to a server until it is told to stop forwarding; connections stay open then. */
class Proxy {
  private readonly sockets = new Set<net.Socket>();
  private readonly server: net.Server;
  private frozen = false;

  constructor(to: ServerCoordinates) {
    this.server = net.createServer((socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      if (this.frozen) return;
      const other = net.connect(to.port, to.host);
      this.sockets.add(other);
      other.on('error', () => undefined);
      socket.pipe(other).pipe(socket);
    });
  }

  async listen(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  freeze(): void {
    this.frozen = true;
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

describe('a job that stalls', function () {
  let server: ServerCoordinates;
  let jobs: JobHarness;
  before(async () => {
    server = newestServer();
    await createSampleDatabase(server, database, 4);
    jobs = await JobHarness.create([server.binDir], { stallTimeoutSeconds: 1 });
    jobs.connect('main', server, database);
  });
  after(async () => {
    await jobs?.dispose();
    await dropDatabase(server, database);
  });

  it('fails clearly when nothing gets through to the server any more', async () => {
    const proxy = new Proxy(server);
    try {
      jobs.connect(
        'proxied',
        { ...server, host: '127.0.0.1', port: await proxy.listen() },
        database,
      );
      const stop = jobs.manager.onLines((_id, lines) => {
        if (lines.some((line) => line.includes('dumping contents'))) proxy.freeze();
      });
      const outputPath = jobs.path('stalled.dump');
      const { job, finished } = jobs.startBackup({ connectionId: 'proxied', outputPath });
      const ended = await finished;
      stop();
      assert.equal(ended.status, 'failed');
      const failure = jobs.manager.failure(job.id);
      assert.ok(failure?.code === 'toolFailed');
      assert.equal((failure.details as { cause: string }).cause, 'stalled');
      assert.deepEqual(await jobs.leftovers(), []);
    } finally {
      proxy.close();
    }
  });

  it('is none while the server works for it', async () => {
    const inputPath = jobs.path('slow.sql');
    await writeFile(inputPath, 'SELECT pg_sleep(3);\nSELECT 1;\n');
    const ended = await jobs.restore({ connectionId: 'main', inputPath, targetDatabase: database });
    assert.equal(ended.status, 'completed', JSON.stringify(ended.failure));
  });

  it('is none while it waits for a lock', async () => {
    const holder = await LockHolder.open(server, {
      ...{ database, table: 'app.orders', mode: 'ACCESS EXCLUSIVE' },
    });
    try {
      const outputPath = jobs.path('waited.dump');
      const { job, finished } = jobs.startBackup({ connectionId: 'main', outputPath });
      const now = (): BackupJob | undefined => jobs.manager.get(job.id);
      assert.ok(await until(() => now()?.progress?.lockWait !== undefined), 'it waits');
      // The server is asked after a second of silence, and is asked again.
      const since = now()?.progress?.elapsedMs ?? 0;
      await until(() => (now()?.progress?.elapsedMs ?? 0) > since + 4000);
      assert.equal(now()?.status, 'running');
      assert.notEqual(now()?.progress?.lockWait, undefined);
      await holder.letGo();
      assert.equal((await finished).status, 'completed');
    } finally {
      await holder.letGo();
    }
  });
});
