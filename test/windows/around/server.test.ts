import assert from 'node:assert/strict';
import { JobHarness } from '../../integration/harness/jobHarness';
import { adminQuery, leaveAdminSessions } from '../../support/machine/adminSession';
import { differences, readContent } from '../../support/machine/compareDatabases';
import { quoteIdent } from '../../support/machine/psql';
import { createSampleDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { startWindowsServer, type WindowsServer } from '../../support/windows/server';
import { newestServer } from '../../support/servers';

const SOURCE = 'from linux';
const BACK = 'back on linux Ω';

describe('a server on Windows', () => {
  const linux = newestServer();
  let windows: WindowsServer;
  let harness: JobHarness;

  before(async () => {
    windows = await startWindowsServer(linux.binDir);
    harness = await JobHarness.create([linux.binDir]);
    await createSampleDatabase(linux, SOURCE, 'tiny');
    const roles = "SELECT rolname FROM pg_roles WHERE rolname !~ '^(pg_|postgres$)'";
    for (const name of (await adminQuery(linux, roles)).split('\n').filter(Boolean)) {
      await adminQuery(windows, `CREATE ROLE ${quoteIdent(name)}`);
    }
    harness.connect('linux', linux, SOURCE);
    harness.connect('windows', windows, 'postgres');
  });
  after(async () => {
    await harness.dispose();
    for (const name of [SOURCE, BACK]) await dropDatabase(linux, name);
    await leaveAdminSessions();
    await windows.stop();
  });

  async function carry(from: string, to: string, database: string, file: string): Promise<void> {
    const outputPath = harness.path(file);
    const made = await harness.backup({ connectionId: from, outputPath });
    assert.deepEqual([made.status, made.failure], ['completed', null]);
    const restored = await harness.restore({
      connectionId: to,
      inputPath: outputPath,
      targetDatabase: database,
      createDatabase: true,
    });
    assert.deepEqual([restored.status, restored.failure], ['completed', null]);
  }

  it('takes a database from Linux, and gives it back as it was, for all its names of locales', async () => {
    const locale = "SELECT datcollate FROM pg_database WHERE datname = 'postgres'";
    assert.match(await adminQuery(windows, locale), /^English_United States/);
    const database = 'Übung Ω';
    await carry('linux', 'windows', database, 'there.dump');
    const mine = await adminQuery(
      windows,
      `SELECT datcollate FROM pg_database WHERE datname = '${database}'`,
    );
    assert.match(mine, /^English_United States/);
    harness.connect('there', windows, database);
    await carry('there', 'linux', BACK, 'back.dump');
    const source = await readContent(linux, SOURCE);
    assert.deepEqual(differences(source, await readContent(linux, BACK)), []);
    assert.deepEqual(differences(source, await readContent(windows, database)), []);
  });
});
