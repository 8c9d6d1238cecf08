import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { psql } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { newestServer } from '../../support/servers';
import { connectionTo } from '../../support/workbench/testWorkspace';
import { api, scratchDir, setConnections } from '../support';

const DATABASE = 'ways_shop';

describe('Ways back after a restore, as commands', function () {
  const server = newestServer();
  let dir: string;
  let remove: () => Promise<void>;
  let inputPath: string;

  before(async () => {
    ({ dir, remove } = await scratchDir());
    await createDatabase(server, DATABASE);
    await psql(server, DATABASE, 'CREATE TABLE t AS SELECT generate_series(1, 5) AS n;');
    await setConnections([connectionTo(server, 'ways', DATABASE)]);
    inputPath = path.join(dir, 'ways.dump');
    const job = await api.createBackup({
      options: { connectionId: 'ways', outputPath: inputPath },
    });
    assert.equal(job.status, 'completed', job.errors[0]?.message);
    await psql(server, DATABASE, 'DELETE FROM t WHERE n > 1;');
  });
  after(async () => {
    await remove();
    for (const name of await databases()) await dropDatabase(server, name);
  });

  const rows = async (): Promise<string> =>
    (await psql(server, DATABASE, 'SELECT count(*) FROM t;')).trim();
  async function databases(): Promise<string[]> {
    const sql = `SELECT datname FROM pg_database WHERE datname LIKE '${DATABASE}%';`;
    return (await psql(server, 'postgres', sql)).split('\n').filter((name) => name !== '');
  }

  it('exchange the databases again, and drop the one that is not needed', async () => {
    const options = { connectionId: 'ways', inputPath, swapIn: true, endSessions: true };
    const job = await api.restoreBackup({ options, confirmed: true });
    assert.equal(job.status, 'completed', job.output.join('\n'));
    assert.equal(job.swap?.state, 'swapped');
    assert.equal(await rows(), '5');
    const request = { jobId: job.id, confirmed: true };
    await vscode.commands.executeCommand('pgBackup.swapBack', request);
    assert.equal(await rows(), '1');
    assert.equal((await databases()).length, 2);
    await vscode.commands.executeCommand('pgBackup.dropOldCopy', request);
    assert.deepEqual(await databases(), [DATABASE]);
    // The job offers nothing more, so nothing is done.
    await vscode.commands.executeCommand('pgBackup.swapIn', request);
    assert.equal(await rows(), '1');
  });

  it('begin with a safety backup of what is dropped, among the other backups', async () => {
    const options = { connectionId: 'ways', inputPath, clean: true };
    const job = await api.restoreBackup({ options, confirmed: true });
    assert.equal(job.status, 'completed', job.output.join('\n'));
    assert.equal(await rows(), '5');
    const made = job.safetyBackup?.path ?? '';
    assert.ok(existsSync(made), made);
    const info = await api.getBackupInfo({ path: made });
    assert.equal(info.contents.tables.length, 1);
    await rm(made);
    await rm(`${made}.backup.json`, { force: true });
  });
});
