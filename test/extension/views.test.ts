/** The views' commands on real jobs; what the rows look like is seen in the e2e tests. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { backupDefaults } from '../../src/core/forms/backup/backupDefaults';
import type { BackupJob, JobOrigin } from '../../src/core/model/job';
import { JobFolder } from '../../src/core/jobs/supervisor/store/jobFolder';
import { newJob } from '../../src/core/jobs/supervisor/window/newJob';
import { identify } from '../../src/core/jobs/supervisor/store/processIdentity';
import { psql } from '../support/machine/psql';
import { createSampleDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import { newestServer } from '../support/servers';
import { connectionTo } from '../support/workbench/testWorkspace';
import { until } from '../support/until';
import { api, scratchDir, setConnections } from './support';

const run = (name: string, ...args: unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(`pgBackup.${name}`, ...args);

interface Contributes {
  views: { pgBackup: { id: string }[] };
}

const activeLabel = (): string | undefined =>
  vscode.window.tabGroups.activeTabGroup.activeTab?.label;
const tabs = (): vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);

describe('The views', function () {
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

  it('are three, each with a command that shows it', async () => {
    const extension = vscode.extensions.getExtension('pg-backup.pg-backup-restore');
    const { views } = (extension?.packageJSON as { contributes: Contributes }).contributes;
    const ids = views.pgBackup.map(({ id }) => id);
    assert.deepEqual(ids.sort(), [
      'pgBackup.backupsView',
      'pgBackup.connectionsView',
      'pgBackup.jobsView',
    ]);
    const commands = await vscode.commands.getCommands(true);
    for (const id of ids) {
      // VS Code makes it for a view that it knows.
      assert.ok(commands.includes(`${id}.focus`), id);
      await vscode.commands.executeCommand(`${id}.focus`);
    }
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
    await until(() => tabs().length > before, 'the form');
    // What it is called is known for sure only when the server has answered.
    await until(() => activeLabel() === `Back Up ${database} – shop`, 'its title');
  });

  it('open one form for a connection, and bring it to the front when asked again', async () => {
    const before = tabs().length;
    await vscode.commands.executeCommand('workbench.action.files.newUntitledFile');
    await run('backup', { connectionId: 'shop' });
    await until(() => activeLabel() === `Back Up ${database} – shop`, 'the form');
    await run('backup');
    assert.equal(tabs().length, before + 1);
  });

  it('open, and open for a restore, a backup of the list', async () => {
    await run('openBackup', { kind: 'backup', path: outputPath });
    await until(() => tabs().some(({ label }) => label === 'views.dump'), 'the editor');
    await run('restoreFromBackup', { kind: 'backup', path: outputPath });
    await until(
      () => tabs().some(({ label }) => label === 'Restore views.dump – shop'),
      'the form',
    );
  });

  it('open the form of a restore that is to run again, and run nothing', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const target = 'views_again';
    const restored = await api.restoreBackup({
      options: {
        ...{ connectionId: 'shop', inputPath: outputPath },
        ...{ targetDatabase: target, createDatabase: true },
      },
    });
    assert.equal(restored.status, 'completed', restored.errors[0]?.message);
    await dropDatabase(server, target);
    const jobs = jobFolders();
    await run('rerunJob', { jobId: restored.id });
    await until(() => activeLabel()?.startsWith('Restore views.dump') === true, 'the form');
    const sql = `SELECT count(*) FROM pg_database WHERE datname = '${target}'`;
    assert.equal((await psql(server, 'postgres', sql)).trim(), '0');
    assert.deepEqual(jobFolders(), jobs);
  });

  it('forget a job that has ended, with its log', async () => {
    await run('removeJob', { jobId });
    await assert.rejects(Promise.resolve(api.cancelJob({ jobId })), /no job/);
  });

  it('list jobs of other workspaces, and clear them, only when that is wanted', async () => {
    const storeDir = jobStore();
    const origin = { workspace: 'file:///elsewhere', workspaceName: 'else', connection: 'Till' };
    const foreign = await plant(storeDir, origin);
    const old = await plant(storeDir, undefined);
    // Those of earlier versions belong to everybody.
    await clearUntil(() => !existsSync(old));
    await run('clearFinishedJobs');
    assert.ok(existsSync(foreign), 'it is not shown');
    await run('showAllJobs');
    await clearUntil(() => !existsSync(foreign));
    await run('showWorkspaceJobs');
  });
});

function jobStore(): string {
  const userData = process.env['PGBR_USER_DATA'] ?? '';
  return path.join(userData, 'User/globalStorage', 'pg-backup.pg-backup-restore/jobs');
}

/** One for each job that is known. */
function jobFolders(): string[] {
  return readdirSync(jobStore())
    .filter((name) => JobFolder.isName(name))
    .sort();
}

async function clearUntil(condition: () => boolean): Promise<void> {
  await until(async () => {
    if (!condition()) await run('clearFinishedJobs');
    return condition();
  }, 'the jobs are cleared');
}

/** A finished job's record, as a window of that workspace would have left it. */
async function plant(storeDir: string, origin: JobOrigin | undefined): Promise<string> {
  const id = randomUUID();
  const options = { ...backupDefaults(), connectionId: 'shop', outputPath: '/nowhere/a.dump' };
  const now = new Date().toISOString();
  const times = { startTime: now, endTime: now };
  const job: BackupJob = { ...newJob(id, 'backup', options), ...times, status: 'completed' };
  const draft = path.join(storeDir, `new-${id}`);
  await mkdir(draft, { recursive: true });
  new JobFolder(draft).write({
    ...{ version: 1, beat: 1, ticket: Date.now(), owner: identify() },
    ...{ runId: '0123456789ab', tools: [], origin, job },
  });
  const { dir } = JobFolder.of(storeDir, id);
  await rename(draft, dir);
  return dir;
}
