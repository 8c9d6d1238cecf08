import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { AppError } from '../../src/core/errors';
import { backupDefaults } from '../../src/core/forms/backup/backupDefaults';
import { JobFolder } from '../../src/core/jobs/supervisor/store/jobFolder';
import type { SupervisedJobs } from '../../src/core/jobs/supervisor/window/supervisedJobs';
import type { ConnectionProfile, ToolsElsewhere } from '../../src/core/model/profile';
import type { ToolSearch } from '../../src/core/model/tools';
import { ensureToolsContainer, runningContainers } from '../../src/core/pgtools/locate/containers';
import { findPlacedTools } from '../../src/core/connections/elsewhere/placedTools';
import { quoteForBash } from '../../src/core/pgtools/args/display';
import { compareDatabases } from '../support/machine/compareDatabases';
import { holdLock } from '../support/machine/heldLock';
import { Docker } from '../support/containers/docker';
import type { ContainerEngine } from '../support/containers/engine';
import { Podman } from '../support/containers/podman';
import { psql } from '../support/machine/psql';
import { createDatabase, createSampleDatabase } from '../support/machine/sampleDatabase';
import { newestServer } from '../support/servers';
import { supervisedJobs } from '../support/jobs/supervisedJobs';
import { AT_ONCE_MS, until } from '../support/until';
import { JobHarness, jobBackends, processesWith } from '../integration/harness/jobHarness';

const CONTAINER = 'db-1.tools';

const ENGINES = [
  ['podman', () => Podman.start()],
  ['docker', () => Docker.start()],
] as const satisfies readonly (readonly [string, () => Promise<ContainerEngine>])[];

for (const [by, start] of ENGINES)
  describe(`tools in a container (${by})`, () => {
    const server = newestServer();
    const database = `contained_${by}`;
    let engine: ContainerEngine;
    let jobs: JobHarness;
    let variables: Record<string, string | undefined>;
    const tools: ToolsElsewhere = { container: CONTAINER };

    before(async () => {
      engine = await start();
      await engine.container(CONTAINER, server);
      variables = { ...engine.env, PATH: `${engine.binDir}:${process.env['PATH'] ?? ''}` };
      jobs = await JobHarness.create([], {
        inherited: variables,
        tools: { find: (profile) => find(profile) },
      });
      await createSampleDatabase(server, database, 'tiny');
      jobs.connect('main', server, database, { tools });
    });
    after(async () => {
      await jobs?.dispose();
      await engine?.stop();
    });

    function find(profile?: ConnectionProfile): Promise<ToolSearch> {
      // This machine has none, so files are read by them as well.
      return findPlacedTools(profile ?? { id: 'files' }, tools, variables);
    }

    /** Command lines of PostgreSQL's programs in the container. */
    async function inside(): Promise<string[]> {
      const text = await engine.run(
        ...['exec', CONTAINER, 'sh', '-c'],
        'for p in /proc/[0-9]*/cmdline; do cat $p 2>/dev/null; echo; done',
      );
      return text.split('\n').filter((line) => /\/(?:pg_dump|pg_restore|psql)\0/.test(line));
    }

    async function nothingIsLeft(): Promise<void> {
      let left: string[] = [];
      const none = async (): Promise<boolean> => {
        left = [...(await inside()), ...(await jobBackends(server))];
        return left.length === 0;
      };
      assert.ok(await until(none), left.join('\n'));
      assert.deepEqual(await jobs.leftovers(), []);
      assert.equal(await engine.run('exec', CONTAINER, 'ls', '/tmp'), '');
    }

    it('finds the running container and the versions of the tools in it', async () => {
      const running = await runningContainers(variables);
      assert.deepEqual(
        running.map(({ by, name, hostNetwork }) => ({ by, name, hostNetwork })),
        [{ by, name: CONTAINER, hostNetwork: true }],
      );
      const { installs } = await findPlacedTools({ id: 'x' }, tools, variables);
      assert.deepEqual(
        installs.map(({ dir, version, source }) => [dir, version.text, source]),
        [[`${by}:${CONTAINER}:${server.binDir}`, server.version, 'place']],
      );
    });

    for (const [why, wanted, reason] of [
      ['a container that does not run', { container: 'absent' }, 'notRunning'],
      ['another system', { wsl: 'Ubuntu' }, 'noEngine'],
      ['an image without tools', { image: 'localhost/shell', by }, 'noTools'],
    ] as const satisfies readonly (readonly [string, ToolsElsewhere, string])[]) {
      it(`refuses ${why}`, async () => {
        await assert.rejects(
          findPlacedTools({ id: 'x' }, wanted, variables),
          (error) => AppError.is(error, 'toolsUnreachable') && error.details.reason === reason,
        );
      });
    }

    it('makes a container for its tools once, without ports and files of this machine', async () => {
      const image = 'localhost/shell';
      const [name, again] = await Promise.all([
        ensureToolsContainer(by, image, variables),
        ensureToolsContainer(by, image, variables),
      ]);
      assert.deepEqual([name, again], ['pgbackup-tools-localhost-shell', name]);
      const mine = (await runningContainers(variables)).filter((one) => one.name === name);
      assert.deepEqual(
        mine.map(({ ports }) => ports),
        [[]],
      );
      assert.equal(await engine.run('inspect', '--format', '{{len .Mounts}}', name), '0');
      await engine.run('rm', '--force', name);
    });

    for (const format of ['custom', 'plain'] as const) {
      it(`backs up and restores by streams: ${format}`, async () => {
        const outputPath = jobs.path(`it's a ${format}`);
        const saved = await jobs.backup({ connectionId: 'main', outputPath, format });
        assert.equal(saved.status, 'completed', String(jobs.manager.failure(saved.id)));
        assert.deepEqual(saved.command.slice(0, 5), [
          ...[by, 'exec', '-i', '--env=PGPASSWORD', CONTAINER],
        ]);
        assert.ok(!saved.command.join(' ').includes(server.password));
        const targetDatabase = `${database}_${format}`;
        const restored = await jobs.restore({
          ...{ connectionId: 'main', inputPath: outputPath, targetDatabase, createDatabase: true },
        });
        assert.equal(restored.status, 'completed', String(jobs.manager.failure(restored.id)));
        assert.deepEqual(
          await compareDatabases(server, database, server, targetDatabase, { schema: false }),
          [],
        );
        await nothingIsLeft();
      });
    }

    it('makes what the pasted command makes', async () => {
      const outputPath = jobs.path('job.sql');
      const saved = await jobs.backup({ connectionId: 'main', outputPath, format: 'plain' });
      const pasted = jobs.path('pasted.sql');
      const line = `${saved.command.map(quoteForBash).join(' ')} > ${quoteForBash(pasted)}`;
      const env = { ...variables, PGPASSWORD: server.password };
      await execa('bash', ['-c', line], { env });
      const strip = (text: string): string =>
        text.replace(/^(?:\\(?:un)?restrict|-- (?:Started|Completed) on) .*$/gm, '');
      assert.equal(
        strip(await readFile(pasted, 'utf8')),
        strip(await readFile(outputPath, 'utf8')),
      );
    });

    it('verifies backups: reads them whole, and restores them on trial', async () => {
      const inputPath = jobs.path('verified');
      await jobs.backup({ connectionId: 'main', outputPath: inputPath });
      for (const level of ['fullRead', 'trialRestore'] as const) {
        const more = level === 'trialRestore' ? { connectionId: 'main' } : {};
        const job = await jobs.verify({ options: { inputPath, level, ...more } }).finished;
        assert.equal(job.status, 'completed', `${level}: ${String(jobs.manager.failure(job.id))}`);
      }
      await nothingIsLeft();
    });

    it('restores a part, by a list that is where the tool is and goes again', async () => {
      const outputPath = jobs.path('part');
      await jobs.backup({ connectionId: 'main', outputPath });
      const part = `${database}_part`;
      await createDatabase(server, part);
      const restored = await jobs.restore({
        ...{ connectionId: 'main', inputPath: outputPath, targetDatabase: part },
        schemas: ['app'],
      });
      assert.equal(restored.status, 'completed', String(jobs.manager.failure(restored.id)));
      const orders = 'SELECT count(*) FROM app.orders;';
      assert.equal(await psql(server, part, orders), await psql(server, database, orders));
      await nothingIsLeft();
    });

    it('refuses what is no stream before anything runs', async () => {
      const outputPath = jobs.path('members');
      const saved = await jobs.backup({ connectionId: 'main', outputPath, format: 'directory' });
      assert.equal(saved.status, 'failed');
      assert.equal(jobs.manager.failure(saved.id)?.code, 'optionInvalid');
    });

    it('ends the tool in the container, and its session, when the job is cancelled', async () => {
      const lock = await holdLock(server, database, 'LOCK TABLE app.orders;');
      try {
        const outputPath = jobs.path('cancelled');
        const { job } = jobs.startBackup({ connectionId: 'main', outputPath });
        assert.ok(
          await until(async () => (await inside()).some((line) => line.includes('pg_dump'))),
        );
        assert.deepEqual(processesWith(server.password), []);
        assert.equal((await jobs.manager.cancel(job.id)).status, 'cancelled');
        await nothingIsLeft();
      } finally {
        await lock.release();
      }
    });

    it('ends them as well when the supervisor is killed', async () => {
      const storeDir = await mkdtemp(path.join(tmpdir(), 'pg-contained-store-'));
      const lock = await holdLock(server, database, 'LOCK TABLE app.orders;');
      const { host, port, user } = server;
      const profile = { id: 'main', host, port, user, database, tools };
      const { PATH = '', ...engine } = variables;
      // The guard has the environment of the window that began the job.
      const before = { ...process.env };
      Object.assign(process.env, { PATH, ...engine, HOME: before['HOME'] });
      const window: SupervisedJobs = supervisedJobs({
        ...{ storeDir, binDirs: [], profiles: [profile], passwords: { main: server.password } },
        inherited: { ...engine, PATH },
        tools: find,
      });
      try {
        const outputPath = jobs.path('orphan');
        const options = { ...backupDefaults('custom'), connectionId: 'main', outputPath };
        const { job, finished } = window.startBackup({ options, overwrite: false });
        assert.ok(
          await until(async () => (await inside()).some((line) => line.includes('pg_dump'))),
        );
        const stored = await JobFolder.of(storeDir, job.id).read();
        assert.ok(stored);
        assert.deepEqual(
          stored.placed?.map(({ by, name }) => [by, name]),
          [[by, CONTAINER]],
        );
        process.kill(stored.owner.pid, 'SIGKILL');
        assert.equal((await finished).status, 'lost');
        const killed = performance.now();
        await nothingIsLeft();
        // Not by the limit that the tool itself has for a lock.
        assert.ok(performance.now() - killed < AT_ONCE_MS);
      } finally {
        for (const name of Object.keys(engine)) delete process.env[name];
        Object.assign(process.env, before);
        await lock.release();
        await window.dispose();
        await rm(storeDir, { recursive: true, force: true });
      }
    });
  });
