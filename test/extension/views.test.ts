/** The views' commands on real jobs; what the rows look like is seen in the e2e tests. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { BackupJob } from '../../src/core/jobs/job';
import { createSampleDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import { newestServer } from '../support/servers';
import { api, connectionTo, scratchDir, setConnections } from './support';

const run = (name: string, ...args: unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(`pgBackup.${name}`, ...args);

async function waitUntil(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within 20 s: ${what}`);
    await delay(50);
  }
}

const tabs = (): vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);

describe('The views', function () {
  this.timeout(60_000);
  const server = newestServer();
  const database = 'views_shop';
  const jobId = 'views-backup';
  let dir: string;
  let remove: () => Promise<void>;
  let outputPath: string;
  let job: BackupJob;

  before(async () => {
    ({ dir, remove } = await scratchDir());
    await createSampleDatabase(server, database, 'tiny');
    await setConnections([connectionTo(server, 'shop', database)]);
    outputPath = path.join(dir, 'views.dump');
    job = await api.createBackup({ jobId, options: { connectionId: 'shop', outputPath } });
    assert.equal(job.status, 'completed', job.errors[0]?.message);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await remove();
    await dropDatabase(server, database);
  });

  it('are there, each with a command that shows it', async () => {
    for (const name of ['connectionsView', 'backupsView', 'jobsView']) {
      await run(`${name}.focus`);
    }
    await run('showJobs');
  });

  it('show the whole log of a job as a read-only document', async () => {
    await run('showJobLog', { jobId });
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.scheme, 'pgbackup-log');
    assert.equal(path.basename(editor.document.uri.path), 'views.dump.log');
    const text = editor.document.getText();
    for (const line of job.output) assert.ok(text.includes(line), line);
    assert.match(text, /dumping contents of table "app\.orders"/);
    assert.equal(editor.document.languageId, 'log');
    assert.equal(editor.selection.active.line, editor.document.lineCount - 1, 'at its end');
    const written = await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'x'));
    assert.equal(written && editor.document.getText().startsWith('x'), false);
  });

  it('fill a form with the options of a job', async () => {
    const before = tabs().length;
    await run('openJobForm', { jobId });
    await waitUntil(() => tabs().length > before, 'the form');
    assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab?.label, 'Back Up Database');
  });

  it('open, and open for a restore, a backup of the list', async () => {
    await run('openBackup', { kind: 'backup', path: outputPath });
    await waitUntil(() => tabs().some(({ label }) => label === 'views.dump'), 'the editor');
    await run('restoreFromBackup', { kind: 'backup', path: outputPath });
    await waitUntil(() => tabs().some(({ label }) => label === 'Restore views.dump'), 'the form');
  });

  it('forget a job that has ended, with its log', async () => {
    await run('removeJob', { jobId });
    await assert.rejects(Promise.resolve(api.cancelJob({ jobId })), /no job/);
  });
});
