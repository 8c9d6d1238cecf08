import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readToc } from '../../../src/core/archive/file/tocReader';
import type { RelationKind } from '../../../src/core/model/catalog';
import { relationKey, withPartitions } from '../../../src/core/forms/selection/catalogIndex';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { evaluateBackup } from '../../../src/core/forms/backup/backupForm';
import type { BackupContext } from '../../../src/core/forms/form/context';
import type { BackupOptions } from '../../../src/core/model/options';
import { backupCommand } from '../../../src/core/plans/preview';
import {
  asException,
  select,
  allNodes,
  selectionTree,
  tickAll,
  toggle,
  toggleData,
} from '../../unit/forms/selection/treeSteps';
import { hasErrors } from '../../support/forms/hasErrors';
import { psql } from '../../support/machine/psql';
import { testedMajors } from '../../support/install/postgres';
import { createSampleDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { seededRandom } from '../../support/seededRandom';
import { testServer } from '../../support/servers';
import { liveBackupContext, runTool } from '../harness/formsHarness';

const seed = 1;
const database = "forms' selections";
/** Dumps for each major, and clicks before each. */
const dumps = 12;
const clicks = 5;

const descriptions: Readonly<Record<RelationKind, string>> = {
  table: 'TABLE',
  partitionedTable: 'TABLE',
  view: 'VIEW',
  materializedView: 'MATERIALIZED VIEW',
  foreignTable: 'FOREIGN TABLE',
  sequence: 'SEQUENCE',
};

/** What the sample lacks: partitions over two levels and schemas, sequences of all kinds, look-alikes. */
const moreObjects = `
  CREATE SCHEMA "part*s"; CREATE SCHEMA "parts"; CREATE SCHEMA "no tables";
  CREATE TABLE "part*s"."m.e" (at date, n int) PARTITION BY RANGE (at);
  CREATE TABLE "part*s"."m.e 23" PARTITION OF "part*s"."m.e"
    FOR VALUES FROM ('2023-01-01') TO ('2024-01-01') PARTITION BY LIST (n);
  CREATE TABLE "parts"."m.e 23 a" PARTITION OF "part*s"."m.e 23" FOR VALUES IN (1);
  CREATE TABLE "part*s"."m.e 23 b" PARTITION OF "part*s"."m.e 23" FOR VALUES IN (2);
  CREATE TABLE "parts"."m.e 24" PARTITION OF "part*s"."m.e"
    FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  CREATE TABLE "parts"."m_e" (id serial, other int GENERATED ALWAYS AS IDENTITY);
  CREATE SEQUENCE "parts"."free";
  CREATE FUNCTION "no tables".one() RETURNS int LANGUAGE sql AS 'SELECT 1';
  INSERT INTO "part*s"."m.e" VALUES ('2023-02-02', 1), ('2023-02-02', 2), ('2024-02-02', 1);
`;

for (const major of testedMajors) {
  describe(`what is ticked is what pg_dump ${major} dumps`, function () {
    this.timeout(300_000);
    let server: ServerCoordinates;
    let dir: string;
    let context: BackupContext;

    before(async () => {
      server = testServer(major);
      dir = await mkdtemp(path.join(os.tmpdir(), 'forms-'));
      await createSampleDatabase(server, database, 'tiny');
      await psql(server, database, moreObjects);
      context = await liveBackupContext(server, database);
    });

    after(async () => {
      await dropDatabase(server, database);
      await rm(dir, { recursive: true, force: true });
    });

    it(`for ${dumps} random selections (seed ${seed})`, async () => {
      const { catalog } = context;
      assert.ok(catalog);
      const random = seededRandom(seed + major);
      const nodes = allNodes(selectionTree(catalog));
      let options: BackupOptions = {
        ...backupDefaults(),
        compression: 0,
        lockWaitTimeout: 0,
        connectionId: 'test',
        outputPath: '',
      };
      let ticked = 0;
      let exceptions = 0;
      for (let n = 0; n < dumps; n++) {
        for (let click = 0; click < clicks; click++) {
          // Schemas are few among the nodes, and it is they that make selections mixed.
          const schemas = random() < 0.4;
          const some = schemas ? nodes.filter((node) => node.type === 'schema') : nodes;
          const node = some[Math.floor(random() * some.length)];
          assert.ok(node);
          const on = random() < 0.6;
          options =
            random() < 0.2
              ? toggleData(options, catalog, node, on)
              : toggle(options, catalog, node, on);
        }
        // Every second selection is expressed as exceptions from everything.
        if (n % 2 === 1) {
          if (n % 4 === 1) options = tickAll(options, catalog);
          const one = nodes.filter((node) => node.type === 'schema')[n % 5];
          assert.ok(one);
          options = asException(toggle(options, catalog, one, false), catalog);
          exceptions += options.excludeSchemas.length;
        }
        options = { ...options, outputPath: path.join(dir, `${n}.dump`) };
        const { schemas, tables, excludeSchemas, excludeTables, excludeTableData } = options;
        const told = `seed ${seed}, dump ${n}: ${JSON.stringify({ schemas, tables, excludeSchemas, excludeTables, excludeTableData })}`;
        const { problems } = evaluateBackup(options, context);
        // What the rest needs may be left out; the form only says so.
        assert.equal(hasErrors({ problems }), false, told);
        const [, ...args] = backupCommand(options, context, { file: '', connectionArgs: [] }).argv;
        const result = await runTool(server, database, 'pg_dump', args);
        assert.equal(result.code, 0, `${told}\n${result.stderr}`);

        const { index, included, withoutRows } = select(options, catalog);
        const objects: string[] = [];
        const rows: string[] = [];
        const optional = new Set<string>();
        for (const { key, selectable, relation } of index.byKey.values()) {
          const owner = relation.ownedBy ? index.byKey.get(relationKey(relation.ownedBy)) : null;
          const owned = owner ? withPartitions(owner).filter((each) => included.has(each.key)) : [];
          // Of a partition that is dumped without its parent, the parent's sequence is optional.
          if (owner && owned.length > 0 && !included.has(owner.key)) optional.add(key);
          if (!(selectable ? included.has(key) : owner && included.has(owner.key))) continue;
          objects.push(`${descriptions[relation.kind]} ${key}`);
          if (relation.kind === 'table' && !withoutRows.has(key)) rows.push(key);
        }
        ticked += objects.length;
        const entries = (await readToc(options.outputPath)).entries();
        const named = (desc: string): string[] =>
          entries
            .filter((entry) => entry.desc === desc)
            .map((entry) => relationKey({ schema: entry.schema ?? '', name: entry.tag }));
        const found = [...new Set(Object.values(descriptions))].flatMap((desc) =>
          named(desc)
            .filter((key) => !optional.has(key))
            .map((key) => `${desc} ${key}`),
        );
        assert.deepEqual(found.sort(), objects.sort(), told);
        assert.deepEqual(named('TABLE DATA').sort(), rows.sort(), told);
        await rm(options.outputPath);
      }
      assert.ok(ticked > 0 && exceptions > 0);
    });
  });
}
