import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { selectEntries, writeListLines } from '../../../src/core/archive/selection/restoreList';
import { readToc } from '../../../src/core/archive/file/tocReader';
import type { RestoreOptions } from '../../../src/core/model/options';
import { restoreCommand } from '../../../src/core/plans/preview';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { evaluateRestore } from '../../../src/core/forms/restore/restoreForm';
import { psql, quoteIdent } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { newestServer, testServers } from '../../support/servers';
import { liveRestoreContext, runTool } from '../harness/formsHarness';

describe('rows alone restored into tables with foreign keys', function () {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'rows-alone-'));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  const [oldest = newestServer()] = testServers();
  for (const server of new Set([oldest, newestServer()])) {
    const made: string[] = [];
    after(async () => {
      for (const name of made) await dropDatabase(server, name);
    });

    async function create(name: string, template = 'template0'): Promise<string> {
      await createDatabase(server, name, `TEMPLATE ${quoteIdent(template)}`);
      made.push(name);
      return name;
    }

    it(`are refused by PostgreSQL ${server.major} only where the form warns of them`, async () => {
      const source = await create('rows alone');
      await psql(
        server,
        source,
        `CREATE SCHEMA s; CREATE TABLE s.parent (id int PRIMARY KEY);
        CREATE TABLE s.child (id int REFERENCES s.parent);
        CREATE TABLE s.later (id int REFERENCES s.parent);
        CREATE TABLE s.self (id int PRIMARY KEY, up int REFERENCES s.self);
        CREATE TABLE s.hash (id int REFERENCES s.parent) PARTITION BY HASH (id);
        CREATE TABLE s.hash_1 PARTITION OF s.hash FOR VALUES WITH (MODULUS 1, REMAINDER 0);
        CREATE TABLE s.ring_a (id int PRIMARY KEY, other int);
        CREATE TABLE s.ring_b (id int PRIMARY KEY, other int REFERENCES s.ring_a);
        INSERT INTO s.parent VALUES (1); INSERT INTO s.child VALUES (1); INSERT INTO s.later VALUES (1);
        INSERT INTO s.self VALUES (2, 2), (1, 2); INSERT INTO s.hash VALUES (1);
        INSERT INTO s.ring_a VALUES (1, 1); INSERT INTO s.ring_b VALUES (1, 1);
        ALTER TABLE s.ring_a ADD FOREIGN KEY (other) REFERENCES s.ring_b;`,
      );
      const dump = async (name: string, ...more: string[]): Promise<string> => {
        const file = path.join(dir, `${server.major}-${name}`);
        const made = await runTool(server, source, 'pg_dump', ['-Fc', `--file=${file}`, ...more]);
        assert.equal(made.code, 0, made.stderr);
        return file;
      };
      const whole = await dump('keys.dump');
      const definitions = await create('rows alone definitions');
      const prepared = await runTool(server, definitions, 'pg_restore', [
        '--schema-only',
        `--dbname=${definitions}`,
        whole,
      ]);
      assert.equal(prepared.code, 0, prepared.stderr);
      const ring = ['--exclude-table=s.ring*'];
      const rowsOnly = await dump('rows.dump', '--data-only', ...ring);

      const tables = (...names: string[]): Partial<RestoreOptions> => ({
        tables: names.map((name) => ({ schema: 's', name })),
      });
      const cases: [string, Partial<RestoreOptions>, warns: boolean, string?][] = [
        ['everything', {}, true],
        ['everything, triggers disabled', { disableTriggers: true }, false],
        ['definitions as well', { dataOnly: false }, false],
        ['in order', tables('parent', 'self'), false],
        ['a child before its parent', tables('parent', 'child'), true],
        ['a partition before its parent', tables('parent', 'hash_1'), true],
        ['a ring', tables('ring_a', 'ring_b'), true],
        ['rows that pg_dump has sorted', {}, false, rowsOnly],
      ];
      for (const [name, options, warns, file = whole] of cases) {
        const full = {
          ...restoreDefaults(),
          dataOnly: true,
          ...options,
          connectionId: 'test',
          inputPath: file,
        };
        const live = await liveRestoreContext(server, definitions, file);
        const byJobs = evaluateRestore({ ...full, dataOnly: false, jobs: 2 }, live).problems;
        const ofJobs = byJobs.some(({ field }) => field === 'jobs');
        assert.equal(ofJobs, file === rowsOnly, name);
        const { problems } = evaluateRestore(full, live);
        assert.equal(
          problems.some(({ field }) => field === 'dataOnly'),
          warns,
          name,
        );
        const target = await create(
          `rows alone ${name}`,
          full.dataOnly ? definitions : 'template0',
        );
        // Tables are chosen by a list, as the job does.
        const toc = await readToc(file);
        const list = path.join(dir, 'keys.list');
        await writeFile(list, writeListLines(toc, (await selectEntries(toc, full)).indexes));
        const [, ...args] = restoreCommand({ ...full, tables: null }, live, {
          file: '',
          connectionArgs: [`--dbname=${target}`],
        }).argv;
        const only = full.tables === null ? [] : [`--use-list=${list}`];
        const { code, stderr } = await runTool(server, target, 'pg_restore', [...only, ...args]);
        assert.equal(code, warns ? 1 : 0, `${name}: ${stderr}`);
        if (warns) assert.match(stderr, /violates foreign key constraint/, name);
        await dropDatabase(server, target);
      }
    });
  }
});
