import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { BackupInfoCache } from '../../../src/core/archive/inspect/backupInfoCache';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { vouchedFor } from '../../../src/core/jobs/restore/restorePermission';
import type { BackupJob } from '../../../src/core/model/job';
import { tableChecksums } from '../../support/machine/compareDatabases';
import { psql } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { corpus, corpusDir, corpusFile } from '../../support/files/corpus';
import { SHOP, type CorpusEntry, type Opens } from '../../support/files/entry';
import { unpackedDumps } from '../../support/packed/unpackedDumps';
import { newestServer } from '../../support/servers';
import { JobHarness } from '../harness/jobHarness';

const SOURCE = 'corpus shop';
/** Number of files that are restored at a time. */
const AT_ONCE = 3;

describe('files as people have them are restored row by row', function () {
  let server: ServerCoordinates;
  let jobs: JobHarness;
  let rows: unknown[] = [];
  const target = ({ file }: CorpusEntry): string => `corpus ${file}`;
  const opening = corpus.filter(
    (entry): entry is CorpusEntry & { verdict: Opens } => 'opens' in entry.verdict,
  );

  const rowsOf = async (database: string): Promise<unknown[]> =>
    [...(await tableChecksums(server, database))].sort(([a], [b]) => a.localeCompare(b));

  before(async () => {
    server = newestServer();
    jobs = await JobHarness.create([server.binDir]);
    jobs.connect('main', server, 'postgres');
    await createDatabase(server, SOURCE);
    await psql(server, SOURCE, SHOP);
    rows = await rowsOf(SOURCE);
  });
  after(async () => {
    await dropDatabase(server, SOURCE);
    await jobs.dispose();
  });

  async function restore(entry: CorpusEntry & { verdict: Opens }): Promise<string | null> {
    const { restore: refused, otherRows = false, options = {} } = entry.verdict;
    const database = target(entry);
    const into = options.databases
      ? { databases: [{ name: 'shop', target: database }], withoutRoles: true }
      : { targetDatabase: database };
    await createDatabase(server, database);
    try {
      const job = await jobs.restore({
        ...{ connectionId: 'main', inputPath: corpusFile(entry), exitOnError: true },
        ...options,
        ...into,
      });
      if (refused !== undefined) {
        const code = jobs.manager.failure(job.id)?.code;
        const isAsSaid = code === refused && job.targetState === 'untouched';
        return isAsSaid ? null : `${code} instead of ${refused}: ${told(job)}`;
      }
      if (job.status !== 'completed') return told(job);
      const unpacked = job.notes?.some(({ code }) => code === 'unpacked') === true;
      if (entry.verdict.by !== undefined && !unpacked) return 'nobody is told that it was unpacked';
      const found = await rowsOf(database);
      const [is, was] = otherRows ? [found.map(count), rows.map(count)] : [found, rows];
      assert.deepEqual(is, was);
      return null;
    } catch (error) {
      return String(error);
    } finally {
      await dropDatabase(server, database);
    }
  }

  const told = (job: BackupJob): string =>
    [jobs.manager.failure(job.id)?.message ?? job.status, ...job.output.slice(-20)].join('\n');

  const count = (row: unknown): unknown => {
    const [name, { rows: number }] = row as [string, { rows: number }];
    return [name, number];
  };

  it('or refused before anything runs', async () => {
    const problems: string[] = [];
    const waiting = [...opening];
    const work = async (): Promise<void> => {
      for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
        const problem = await restore(entry);
        if (problem !== null) problems.push(`${entry.file}: ${problem}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    assert.deepEqual(problems, []);
    assert.deepEqual(await jobs.leftovers(), []);
  });

  it('from where a form has unpacked them, if that is still there', async () => {
    const packed = path.join(corpusDir, 'custom.dump.gz');
    const dumps = unpackedDumps();
    const files = new BackupInfoCache(dumps);
    try {
      await files.info(packed);
      const known = await files.known(packed);
      assert.ok(known?.unpacked);
      const other = path.join(path.dirname(known.unpacked), 'other');
      await copyFile(path.join(corpusDir, 'directory.18', 'toc.dat'), other);
      for (const [unpacked, status] of [
        [known.unpacked, 'completed'],
        [other, 'failed'],
        [path.join(jobs.dir, 'gone'), 'completed'],
      ] as const) {
        await createDatabase(server, 'corpus unpacked');
        const options = { ...restoreDefaults(), connectionId: 'main', inputPath: packed };
        const request = { ...options, targetDatabase: 'corpus unpacked' };
        const asked = vouchedFor({ options: request, known: { ...known, unpacked } });
        const job: BackupJob = await jobs.manager.startRestore(asked).finished;
        await dropDatabase(server, 'corpus unpacked');
        assert.equal(job.status, status, told(job));
        assert.deepEqual(await jobs.leftovers(), []);
      }
    } finally {
      dumps.dispose();
    }
  });

  for (const file of ['cut.dump', 'cut.tar', 'cut.dump.gz']) {
    it(`as far as they are whole, with the complete rows of what is cut: ${file}`, async () => {
      const salvaged = 'corpus salvaged';
      try {
        const job = await jobs.restore({
          ...{ connectionId: 'main', inputPath: path.join(corpusDir, file), salvage: true },
          ...{ salvageRows: true, exitOnError: false },
          ...{ targetDatabase: salvaged, createDatabase: true },
        });
        assert.match(job.status, /^completed/, told(job));
        const cut = new Map<string, number>();
        const lost = new Set<string>();
        for (const note of job.notes ?? []) {
          if (note.code === 'cutRows')
            for (const each of note.tables) cut.set(each.name, each.rows);
          if (note.code === 'leftOut' && note.reason === 'damaged') {
            for (const name of note.names) lost.add(name);
          }
        }
        assert.equal(cut.size, 1, JSON.stringify(job.notes));
        const is = await tableChecksums(server, salvaged);
        const was = await tableChecksums(server, SOURCE);
        for (const table of ['app.customer', 'app.orders']) {
          const name = table.replace(/(.*)\.(.*)/, '"$1"."$2"');
          const rowsThere = is.get(name)?.rows ?? -1;
          if (cut.has(table)) {
            assert.equal(rowsThere, cut.get(table), table);
            assert.ok(rowsThere > 0 && rowsThere < (was.get(name)?.rows ?? 0), `${rowsThere}`);
          } else if (lost.has(table)) assert.equal(rowsThere, 0, table);
          else assert.deepEqual(is.get(name), was.get(name), table);
        }
        assert.deepEqual(await jobs.leftovers(), []);
      } finally {
        await dropDatabase(server, salvaged);
      }
    });
  }
});
