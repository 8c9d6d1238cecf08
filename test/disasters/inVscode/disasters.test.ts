/**
 * The whole table of disasters by the command API, on each release. `--grep "PostgreSQL 15"` runs one
 * release, `--grep "PostgreSQL 15.*tablespace"` a part of its table.
 */
import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import Mocha from 'mocha';
import { apiDoor } from '../../extension/apiDoor';
import { casesOf } from '../../support/disasters/allCases';
import { Disasters } from '../../support/disasters/disasters';
import { ensurePostgres, testedMajors } from '../../support/install/postgres';
import { Tally } from '../../support/disasters/tally';
import { Pooler } from '../../support/machine/pooler';
import { type PgServer, type ServerCoordinates, startServer } from '../../support/machine/server';
import { testServer } from '../../support/servers';

/** Where transactions can be prepared and slots be made, and there is little room. */
const NARROW = {
  wal_level: 'logical',
  max_prepared_transactions: '2',
  max_locks_per_transaction: '10',
  max_connections: '12',
  superuser_reserved_connections: '1',
};

/** Starts something as the server's user, who may not look into the temporary folder of VS Code. */
async function asServer<T>(major: number, start: () => Promise<T>): Promise<T> {
  const own = process.env['TMPDIR'];
  process.env['TMPDIR'] = path.resolve(testServer(major).socketDir, '../..');
  try {
    return await start();
  } finally {
    process.env['TMPDIR'] = own;
  }
}

/** Tools find the password of the superuser at this address, too. */
async function knowPassword({ host, password }: ServerCoordinates, port: number): Promise<void> {
  const file = process.env['PGPASSFILE'];
  assert.ok(file);
  await appendFile(file, `${host}:${port}:*:*:${password.replace(/[\\:]/g, '\\$&')}\n`);
}

for (const major of testedMajors) {
  describe(`Disasters by the command API, PostgreSQL ${major}`, function () {
    const cases = casesOf(major);
    const tally = new Tally();
    let disasters: Disasters;
    let pooler: Pooler;
    before(async () => {
      pooler = await asServer(major, () => Pooler.start(testServer(major), 'transaction'));
      await knowPassword(testServer(major), pooler.port);
      disasters = await Disasters.on(testServer(major), await apiDoor(), {
        poolerPort: pooler.port,
        tally,
      });
    });
    after(async () => {
      await disasters.dispose();
      await pooler.stop();
    });
    for (const disaster of cases.filter(({ narrow }) => narrow !== true)) {
      it(disaster.title, () => disasters.run(disaster));
    }

    describe('where there is little room', function () {
      let server: PgServer;
      let narrow: Disasters;
      before(async () => {
        const [install] = await ensurePostgres([major]);
        assert.ok(install);
        const { password } = testServer(major);
        server = await asServer(major, () => startServer(install, { settings: NARROW, password }));
        await knowPassword(server, server.port);
        narrow = await Disasters.on(server, await apiDoor(), { tally });
      });
      after(async () => {
        await narrow.dispose();
        await server.stop();
      });
      for (const disaster of cases.filter((each) => each.narrow === true)) {
        it(disaster.title, () => narrow.run(disaster));
      }
    });

    // A part of the table, chosen by its titles, runs without it.
    describe('altogether', function () {
      after(() => Mocha.reporters.Base.consoleLog(tally.summary()));

      it('found all that can be found, and after every button a restore went through', () => {
        const nothing = { findings: [], remedies: [], buttons: [] };
        assert.deepEqual(tally.missing(major), nothing);
      });
    });
  });
}
