import assert from 'node:assert/strict';
import { readToc } from '../../../src/core/archive/file/tocReader';
import { commandBytes, maxCommandBytes } from '../../../src/core/pgtools/args/longSelection';
import { relationPattern } from '../../../src/core/pgtools/args/patterns';
import { psql, quoteIdent } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { newestServer, testServers } from '../../support/servers';
import { JobHarness } from '../harness/jobHarness';

/** Each quote is written twice, so few tables make a long command. */
const schema = '"'.repeat(63);
const count = 2400;
const names = Array.from({ length: count }, (_, n) => `${n}`.padEnd(63, '"'));

describe('a backup of more names than a command line takes', function () {
  const database = 'long selection';
  const [oldest = newestServer()] = testServers();
  for (const server of new Set([oldest, newestServer()])) {
    const form = server.major >= 17 ? 'a filter file' : 'patterns of many names';
    it(`is told to pg_dump ${server.major} by ${form}, and holds what is ticked`, async () => {
      await createDatabase(server, database);
      const jobs = await JobHarness.create([server.binDir]);
      try {
        const tables = names.map((name) => `CREATE TABLE ${quoteIdent(name)} ();`).join('');
        const path = `CREATE SCHEMA ${quoteIdent(schema)}; SET search_path = ${quoteIdent(schema)};`;
        await psql(server, database, `${path} ${tables}`);
        const ticked = names.filter((_, n) => n % 100 !== 7).map((name) => ({ schema, name }));
        const single = ticked.map((table) => `--table=${relationPattern(table)}`);
        assert.ok(commandBytes(single) > maxCommandBytes(false));
        jobs.connect('main', server, database);
        const outputPath = jobs.path('long.dump');
        const job = await jobs.backup({
          connectionId: 'main',
          outputPath,
          tables: ticked,
          includeData: false,
        });
        assert.equal(job.status, 'completed', jobs.manager.failure(job.id)?.message);
        assert.equal(
          job.command.some((arg) => arg.startsWith('--filter=')),
          server.major >= 17,
        );
        assert.ok(job.command.length < 40, `${job.command.length} arguments`);
        const toc = await readToc(outputPath);
        const dumped = toc.listed().filter((i) => toc.desc(i) === 'TABLE');
        assert.deepEqual(
          dumped.map((i) => toc.tag(i)).sort(),
          ticked.map(({ name }) => name).sort(),
        );
      } finally {
        await jobs.dispose();
        await dropDatabase(server, database);
      }
    });
  }
});
