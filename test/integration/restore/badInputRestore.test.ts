import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { AppError, type ErrorCode } from '../../../src/core/errors';
import type { RestoreOptions } from '../../../src/core/model/options';
import { compareDatabases } from '../../support/machine/compareDatabases';
import { ensurePostgres } from '../../support/install/postgres';
import { psql } from '../../support/machine/psql';
import {
  createDatabase,
  createSampleDatabase,
  dropDatabase,
} from '../../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../../support/machine/server';
import { buildZip } from '../../support/packed/buildZip';
import { seededRandom } from '../../support/seededRandom';
import { until } from '../../support/until';
import { backendsLeft, JobHarness, seedOfRun } from '../harness/jobHarness';

/** A script that is refused or fails must not have run anything before. */
const MARK = 'CREATE TABLE public.mark ();\n';

describe('a restore that cannot be made', function () {
  let server: PgServer;
  let jobs: JobHarness;
  before(async () => {
    const [install] = await ensurePostgres([17]);
    assert.ok(install);
    server = await startServer(install);
    await createSampleDatabase(server, 'sample', 'tiny');
    await createDatabase(server, 'target');
    jobs = await JobHarness.create([install.binDir]);
    jobs.connect('main', server, 'target');
    jobs.connect('source', server, 'sample');
    for (const format of ['custom', 'directory', 'tar', 'plain'] as const) {
      const job = await jobs.backup({
        connectionId: 'source',
        outputPath: jobs.path(format),
        format,
      });
      assert.equal(job.status, 'completed');
    }
  });
  after(async () => {
    await jobs?.dispose();
    await server?.stop();
  });

  async function emptyTarget(): Promise<void> {
    await dropDatabase(server, 'target');
    await createDatabase(server, 'target');
  }
  // Empties the target after a failed test, so that the next ones do not fail with it.
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await emptyTarget();
  });

  async function targetIsEmpty(): Promise<void> {
    const count = await psql(server, 'target', `SELECT count(*) FROM pg_class WHERE oid >= 16384;`);
    assert.equal(count.trim(), '0');
  }

  /** Runs a restore that has to fail before anything was changed. */
  async function refused<C extends ErrorCode>(
    code: C | readonly C[],
    options: Partial<RestoreOptions>,
  ): Promise<AppError<C>['details']> {
    const job = await jobs.restore({
      connectionId: 'main',
      inputPath: jobs.path('custom'),
      ...options,
    });
    const failure = jobs.manager.failure(job.id);
    const codes: readonly string[] = typeof code === 'string' ? [code] : code;
    assert.ok(failure && codes.includes(failure.code), `${failure?.message ?? job.status}`);
    assert.equal(job.status, 'failed');
    assert.equal(job.exitCode, null);
    assert.equal(job.targetState, 'untouched');
    assert.deepEqual(await jobs.leftovers(), []);
    await targetIsEmpty();
    return failure.details as AppError<C>['details'];
  }

  async function file(name: string, content: string | Buffer): Promise<string> {
    await writeFile(jobs.path(name), content);
    return jobs.path(name);
  }

  it('a connection that is read-only', async () => {
    jobs.connect('readonly', server, 'target', { readOnly: true, name: 'Archive' });
    const { name } = await refused('connectionReadOnly', { connectionId: 'readonly' });
    assert.equal(name, 'Archive');
  });

  it('a file that is not there', () => refused('inputMissing', { inputPath: jobs.path('none') }));

  for (const [looksLike, content] of [
    ['empty', ''],
    ['binary', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 97 + (i >> 3)) % 256))],
    [
      'mysql',
      '-- MySQL dump 10.13  Distrib 8.0.36\n--\n-- Host: localhost\nCREATE TABLE `x` (i int);\n',
    ],
  ] as const) {
    it(`a file that is no dump: ${looksLike}`, async () => {
      const details = await refused('notADump', { inputPath: await file(looksLike, content) });
      assert.equal(details.looksLike, looksLike);
    });
  }

  it('a directory without toc.dat', async () => {
    await mkdir(jobs.path('nodump'));
    const { looksLike } = await refused('notADump', { inputPath: jobs.path('nodump') });
    assert.equal(looksLike, 'directoryWithoutToc');
  });

  it('a zip with two dumps', async () => {
    const packed = buildZip([
      { name: 'a.dump', content: await readFile(jobs.path('custom')) },
      { name: 'b.sql', content: await readFile(jobs.path('plain')) },
    ]);
    const inputPath = await file('two.zip', packed);
    assert.deepEqual((await refused('packedChoice', { inputPath })).names, ['a.dump', 'b.sql']);
    const { where } = await refused('objectUnknown', { inputPath, inputMember: 'c' });
    assert.equal(where, inputPath);
  });

  it('an archive in gzip that is cut', async () => {
    const packed = gzipSync(await readFile(jobs.path('custom'))).subarray(0, -100);
    const inputPath = await file('cut.gz', packed);
    const { field, problem } = await refused('optionInvalid', { inputPath });
    assert.equal(field, 'inputPath');
    assert.match(JSON.stringify(problem), /incomplete.*Restore what is whole/);
  });

  it('an archive in gzip that is cut itself', async () => {
    const archive = await readFile(jobs.path('custom'));
    const inputPath = await file('within.gz', gzipSync(archive.subarray(0, -100)));
    const { field, problem } = await refused('optionInvalid', { inputPath });
    assert.equal(field, 'inputPath');
    assert.match(JSON.stringify(problem), /incomplete/);
  });

  describe('an archive that is cut', () => {
    const random = seededRandom(seedOfRun());
    for (const format of ['custom', 'tar', 'plain'] as const) {
      it(`${format}, at many places`, async () => {
        const whole = await readFile(jobs.path(format));
        const ends = [0, 1, 5, 100, whole.length - 1, whole.length - 513];
        for (let i = 0; i < 25; i++) ends.push(Math.floor(random() * whole.length));
        const lineEnd = whole.indexOf('\n', Math.floor(whole.length / 2)) + 1;
        if (format === 'plain') ends.push(lineEnd);
        for (const end of ends) {
          const inputPath = await file('cut', whole.subarray(0, end));
          const job = await jobs.restore({ connectionId: 'main', inputPath });
          if (job.status === 'completed') {
            // The part that was cut off held no data: the last line break, or the padding of a tar.
            const nothingMissing = end > whole.length - 1024;
            // A script that is cut in its first comment cannot be recognised as truncated.
            assert.ok(
              nothingMissing || (format === 'plain' && end < 10),
              `${format} cut at ${end}`,
            );
            if (nothingMissing) {
              assert.deepEqual(await compareDatabases(server, 'sample', server, 'target'), []);
              await emptyTarget();
            } else await targetIsEmpty();
            continue;
          }
          assert.equal(job.status, 'failed', `${format} cut at ${end}`);
          assert.equal(job.targetState, 'untouched', `${format} cut at ${end}`);
          assert.equal(job.exitCode, null);
          await targetIsEmpty();
        }
      });
    }

    it('directory, with a member missing or empty', async () => {
      const members = await readdir(jobs.path('directory'));
      assert.ok(members.length > 20);
      const chosen = new Set(['toc.dat', ...members.filter((m) => m.startsWith('blob'))]);
      while (chosen.size < 20) chosen.add(members[Math.floor(random() * members.length)] ?? '');
      for (const member of chosen) {
        for (const how of ['missing', 'empty'] as const) {
          const copy = jobs.path('copy');
          await rm(copy, { recursive: true, force: true });
          await cp(jobs.path('directory'), copy, { recursive: true });
          const where = path.join(copy, member);
          if (how === 'missing') await rm(where);
          else await truncate(where, 0);
          const job = await jobs.restore({ connectionId: 'main', inputPath: copy });
          assert.equal(job.status, 'failed', `${member} ${how}`);
          assert.equal(
            job.targetState,
            'untouched',
            `${member} ${how}: ${jobs.manager.failure(job.id)?.message}`,
          );
          await targetIsEmpty();
        }
      }
    });

    it('a compressed script', async () => {
      const whole = gzipSync(await readFile(jobs.path('plain')));
      for (const end of [20, Math.floor(whole.length / 2), whole.length - 1]) {
        const inputPath = await file('cut.sql.gz', whole.subarray(0, end));
        await refused(['archiveDamaged', 'notADump'], { inputPath });
      }
    });
  });

  it('options that the tools refuse, or take and ignore', async () => {
    const fields: [keyof RestoreOptions, Partial<RestoreOptions>][] = [
      ['jobs', { singleTransaction: true, jobs: 2 }],
      ['jobs', { inputPath: jobs.path('tar'), jobs: 2 }],
      ['ifExists', { ifExists: true }],
      ['dataOnly', { schemaOnly: true, dataOnly: true }],
      ['clean', { dataOnly: true, clean: true }],
      ['extraArgs', { extraArgs: ['--dbname=postgres'] }],
      ['extraArgs', { extraArgs: ['-C'] }],
    ];
    for (const [field, options] of fields) {
      const details = await refused('optionInvalid', options);
      assert.equal(details.field, field);
    }
  });

  it('objects that the archive does not have', async () => {
    await refused('objectUnknown', { tables: ['app.nothing'] as never });
    await refused('objectUnknown', { schemas: ['nothing'] });
  });

  it('a database that is not there, or is there already', async () => {
    await refused('databaseMissing', { targetDatabase: 'nothing' });
    await refused('databaseExists', { targetDatabase: 'sample', createDatabase: true });
  });

  describe('a script that would do something else', () => {
    const outside = '/tmp/pg-backup-test-must-not-appear';
    for (const line of [
      `\\! touch ${outside}`,
      `SELECT 1 \\g |touch ${outside}`,
      `\\copy mark to program 'touch ${outside}'`,
      `\\o ${outside}`,
      `\\restrict \`touch ${outside}\``,
      '\\i /etc/passwd',
      `\\set x \`touch ${outside}\``,
      '\\connect target postgres elsewhere.invalid',
    ]) {
      it(line, async () => {
        const inputPath = await file('evil.sql', `${MARK}SELECT 1;\n${line}\n`);
        const { line: number, command } = await refused('scriptRunsCommands', { inputPath });
        assert.equal(number, 3);
        assert.ok(line.includes(command), command);
        const packed = await file('evil.sql.gz', gzipSync(await readFile(inputPath)));
        await refused('scriptRunsCommands', { inputPath: packed });
        await assert.rejects(readFile(outside));
      });
    }

    it('connects to another database', async () => {
      const inputPath = await file(
        'connect.sql',
        `${MARK}\\connect sample\nDROP TABLE app.orders;\n`,
      );
      const { database } = await refused('scriptSwitchesDatabase', { inputPath });
      assert.equal(database, 'sample');
    });

    it('but may name the target itself', async () => {
      const inputPath = await file('same.sql', '\\connect target\nSELECT 1;\n');
      const job = await jobs.restore({ connectionId: 'main', inputPath });
      assert.equal(job.status, 'completed', jobs.manager.failure(job.id)?.message);
    });
  });

  it('two at once into one database: one goes through', async () => {
    const handles = [1, 2].map(() =>
      jobs.startRestore({
        connectionId: 'main',
        inputPath: jobs.path('custom'),
        targetDatabase: 'both',
        createDatabase: true,
      }),
    );
    const ended = await Promise.all(handles.map(({ finished }) => finished));
    assert.deepEqual(ended.map((job) => job.status).sort(), ['completed', 'failed']);
    const failed = ended.find((job) => job.status === 'failed');
    const code = jobs.manager.failure(failed?.id ?? '')?.code;
    assert.ok(code === 'targetBusy' || code === 'databaseExists', code);
    await dropDatabase(server, 'both');
  });

  describe('while the server goes away', () => {
    it('fails, and says what is left', async () => {
      await createSampleDatabase(server, 'large', 20);
      jobs.connect('large', server, 'large');
      for (const format of ['custom', 'directory', 'plain'] as const) {
        const inputPath = jobs.path(`large.${format}`);
        const backup = await jobs.backup({ connectionId: 'large', outputPath: inputPath, format });
        assert.equal(backup.status, 'completed');
        for (const workers of format === 'directory' ? [1, 3] : [1]) {
          await createDatabase(server, 'crashed');
          const handle = jobs.startRestore({
            connectionId: 'main',
            inputPath,
            targetDatabase: 'crashed',
            jobs: workers,
            exitOnError: workers === 1,
          });
          const begun = (): boolean =>
            (jobs.manager.get(handle.job.id)?.progress?.objectsCompleted ?? 0) > 40;
          assert.ok(await until(begun));
          await server.crash();
          const job = await handle.finished;
          const failure = jobs.manager.failure(job.id);
          assert.equal(job.status, 'failed', format);
          assert.ok(AppError.is(failure, 'toolFailed'), failure?.message);
          assert.equal(failure.details.cause, 'connectionLost', failure.details.text);
          assert.equal(job.targetState, 'partial');
          assert.deepEqual(await jobs.leftovers(), []);
          await server.restart();
          await dropDatabase(server, 'crashed');
        }
      }
      assert.deepEqual(await backendsLeft(server), []);
    });
  });
});
