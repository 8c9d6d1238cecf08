/** A window that is reloaded while jobs run, for the tests of the views: another one costs as much as all. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { getBackupInfo } from '../../src/core/archive/inspect/backupInfo';
import { isLeftoverOutput } from '../../src/core/archive/file/unfinished';
import { holdLock } from '../support/machine/heldLock';
import { psql } from '../support/machine/psql';
import type { VscodeProcess } from '../support/workbench/vscodeProcess';
import type { OpenedExtension } from '../support/workbench/openExtension';
import { newestServer } from '../support/servers';
import { BackupForm, RestoreForm } from '../support/start/formPages';
import { Sidebar } from '../support/start/sidebar';
import { until } from '../support/until';

const server = newestServer();
const SCRIPT = 'waits.sql';
const BACKUP = 'reloaded.dump';

/** A process that runs now, with what has started it (Linux). */
interface Running {
  readonly pid: number;
  readonly parent: number;
}

function processes(): Running[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [{ pid: Number(name), parent: Number(parent) }];
    } catch {
      return [];
    }
  });
}

/**
 * The supervisors of a VS Code that work on a job: the one that is kept ready for the next job has
 * started nothing.
 */
function supervisors({ temporaryDir }: VscodeProcess): Running[] {
  const all = processes();
  return all.filter(({ pid }) => {
    if (!all.some(({ parent }) => parent === pid)) return false;
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('supervisor.js')) return false;
      // Beside this test others may run that have some, too.
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
      return environment.includes(`TMPDIR=${temporaryDir}`);
    } catch {
      return false;
    }
  });
}

/** Ids of the jobs of a VS Code that run now. */
function runningJobs({ userDataDir }: VscodeProcess): string[] {
  const store = path.join(userDataDir, 'User/globalStorage/pg-backup.pg-backup-restore/jobs');
  return readdirSync(store).filter((folder) => {
    const status = path.join(store, folder, 'status.json');
    return existsSync(status) && /"status": *"running"/.test(readFileSync(status, 'utf8'));
  });
}

/** Puts the script that the restore runs into the workspace. */
export async function prepareReload(dir: string): Promise<void> {
  const script = "SELECT pg_advisory_lock(20);\nCREATE TABLE done AS SELECT 'yes' AS said;\n";
  await writeFile(path.join(dir, SCRIPT), script);
}

/** The form of the backup is there again and tells of its job; without the form a notification does, once. */
async function formTells({ ui }: OpenedExtension): Promise<void> {
  const told = async (): Promise<string[]> =>
    (await ui.notifications()).filter((text) => text.includes(BACKUP));
  const form = await ui.webviewFrame('Back Up ');
  await form.getByRole('region', { name: 'Run' }).getByText('Waiting for a lock').waitFor();
  // The notification goes when the form comes.
  await until(async () => (await told()).length === 0, 'the form alone tells of it');
  await ui.closeEditors();
  await ui.waitForNotification(/Backing up Shop to reloaded\.dump/);
  await until(async () => (await told()).length === 1, 'it is told of once');
}

/**
 * A backup and a restore of the connection "Shop" go on while the window is reloaded, which finds them
 * again and sees them end.
 */
export async function reloadWhileJobsRun(vscode: OpenedExtension, database: string): Promise<void> {
  const { ui, page, workspace } = vscode;
  await mkdir(workspace.backups, { recursive: true });
  // One that the backup waits for, and one that the restored script does.
  const lock = await holdLock(
    server,
    database,
    'LOCK TABLE app.orders; SELECT pg_advisory_xact_lock(20);',
  );
  try {
    const backup = await BackupForm.open(ui);
    await backup.chooseFormat('Custom');
    await backup.textField('Save to').fill(path.join(workspace.backups, BACKUP));
    await backup.waitForLocks(900);
    await backup.button('Create Backup').click();
    await ui.runCommand('View: Show Explorer');
    const restore = await RestoreForm.openFor(ui, SCRIPT);
    await restore.button('Restore').click();
    // The database is not empty.
    await ui.dialogButton('Restore Anyway').click();
    let sidebar = await Sidebar.open(ui);
    await sidebar.row('Jobs', /^Backup of Shop, running, /).waitFor();
    await sidebar.row('Jobs', /^Restore .*, running, /).waitFor();
    const running = (): Running[] => supervisors(vscode.vscode);
    await until(() => running().length === 2, 'each job has its supervisor');
    const before = running();

    const kept = async (): Promise<boolean> => {
      const saved = await ui.savedJobIds();
      return runningJobs(vscode.vscode).every((id) => saved.includes(id));
    };
    await until(kept, 'each form has kept its job');

    await page.reload();
    await page.locator('.monaco-workbench .statusbar').waitFor();
    await formTells(vscode);
    sidebar = await Sidebar.open(ui);
    await sidebar.row('Jobs', /^Backup of Shop, running, /).waitFor();
    await sidebar.row('Jobs', /^Restore .*, running, /).waitFor();
    // The host that has started them is gone: they belong to nobody now.
    const orphans = (): boolean =>
      before.every(({ pid, parent }) =>
        running().some((now) => now.pid === pid && now.parent !== parent),
      );
    await until(orphans, `others own ${JSON.stringify(before)}`);
    await ui.screenshot('reloaded-running');
    await lock.release();
    await sidebar.row('Jobs', /^Backup of Shop, completed, reloaded\.dump/).waitFor();
    await sidebar.row('Jobs', /^Restore .*, completed/).waitFor();
    const info = await getBackupInfo(path.join(workspace.backups, BACKUP));
    assert.equal(info.database, database);
    assert.equal((await psql(server, database, 'SELECT said FROM done;')).trim(), 'yes');
    const names = await readdir(workspace.backups);
    assert.deepEqual(names.filter(isLeftoverOutput), []);
  } finally {
    await lock.release();
  }
}
