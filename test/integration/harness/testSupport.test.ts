import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import {
  type DatabaseContent,
  differences,
  readContent,
  tableChecksums,
} from '../../support/machine/compareDatabases';
import { ensurePostgres } from '../../support/install/postgres';
import { psql } from '../../support/machine/psql';
import { createSampleDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { startServer } from '../../support/machine/server';
import { isBetween, newestServer, testServers } from '../../support/servers';

describe('what the tests themselves rely on', () => {
  for (const server of testServers().filter(({ major }) => !isBetween(major))) {
    describe(`the sample database on PostgreSQL ${server.major}`, () => {
      const names = ['support one', 'support two'] as const;
      before(async () => {
        for (const name of names) await createSampleDatabase(server, name, 'tiny');
      });
      after(async () => {
        for (const name of names) await dropDatabase(server, name);
      });

      let content: DatabaseContent;
      it('is the same every time', async () => {
        content = await readContent(server, names[0]);
        assert.deepEqual(differences(content, await readContent(server, names[1])), []);
      });

      // The comparison must notice each of these, or a restore that loses it would pass.
      const changes = {
        'a row': `UPDATE app.customer SET name = 'x' WHERE id = 3`,
        'a null': `UPDATE "naïve✓"."emoji 😀 tbl" SET id = 2 WHERE id IS NULL`,
        'a row of a partition': `DELETE FROM audit.log WHERE id = 7`,
        'a sequence': `SELECT nextval('app.global_seq')`,
        'a large object': `SELECT lo_put(424242, 0, 'x')`,
        'an index': `DROP INDEX app.orders_cust`,
        'a privilege': `REVOKE SELECT ON app.customer FROM app_reader`,
        'an owner': `ALTER TABLE app.orders OWNER TO postgres`,
        'a comment': `COMMENT ON TABLE app.orders IS 'other'`,
        'a trigger': `ALTER TABLE app.customer DISABLE TRIGGER touch_customer`,
      };
      for (const [what, sql] of Object.entries(changes)) {
        it(`differs when ${what} differs`, async () => {
          const before = content;
          await psql(server, names[1], sql);
          content = await readContent(server, names[1]);
          assert.notDeepEqual(differences(before, content), []);
        });
      }
    });
  }

  it('counts rows', async () => {
    const server = newestServer();
    await createSampleDatabase(server, 'support count', 'tiny');
    const sums = await tableChecksums(server, 'support count');
    assert.equal(sums.get('"app"."orders"')?.rows, 100);
    assert.equal(sums.get('large objects')?.rows, 6);
    await dropDatabase(server, 'support count');
  });

  it('starts a server, crashes it, starts it again, and leaves nothing behind', async () => {
    const [install] = await ensurePostgres([newestServer().major]);
    assert.ok(install);
    const server = await startServer(install, { settings: { max_connections: '7' } });
    try {
      await psql(server, 'postgres', 'CREATE TABLE kept (id int);');
      await server.crash();
      await assert.rejects(psql(server, 'postgres', 'SELECT 1;'));
      await server.restart();
      assert.equal(await psql(server, 'postgres', 'SELECT count(*) FROM kept;'), '0');
      assert.equal(await psql(server, 'postgres', 'SHOW max_connections;'), '7');
    } finally {
      await server.stop();
    }
    assert.equal(existsSync(server.dataDir), false);
    await assert.rejects(psql(server, 'postgres', 'SELECT 1;'));
  });
});
