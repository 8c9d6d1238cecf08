import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { FoundConnection } from '../../core/connections/find/found';
import { readBounded } from '../../core/files/regularFile';
import { window } from '../ui/window';
import { fromPasted, type NewConnection } from './newConnection';
import { pastedItem } from './pasteBox';
import { isWithin } from '../../core/files/samePath';

/** No configuration is larger; whatever is, is not read. */
const MAX_BYTES = 256 * 1024;

interface Place extends FoundConnection {
  /** Where it stands, as it is shown. */
  place: string;
}

interface Item extends vscode.QuickPickItem {
  found?: Place;
}

/**
 * Lets the user choose among the connections that files of the workspace and other programs state.
 * They are read now, because somebody asks, and nothing of them goes anywhere.
 *
 * @returns 'back' when none was chosen
 */
export async function findBox(): Promise<NewConnection | 'back'> {
  const pick = window.createQuickPick<Item>();
  pick.title = vscode.l10n.t('Connections Found');
  pick.placeholder = vscode.l10n.t('Looking for them…');
  pick.busy = true;
  pick.ignoreFocusOut = true;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.buttons = [vscode.QuickInputButtons.Back];
  const stop = new AbortController();
  const chosen = new Promise<NewConnection | 'back'>((resolve) => {
    let answer: NewConnection | 'back' = 'back';
    pick.onDidTriggerButton(() => pick.hide());
    pick.onDidAccept(() => {
      const found = pick.selectedItems[0]?.found;
      if (found === undefined) return;
      const { name } = found;
      answer = { ...fromPasted(found.connection), ...(name === undefined ? {} : { name }) };
      pick.hide();
    });
    pick.onDidHide(() => {
      stop.abort();
      pick.dispose();
      resolve(answer);
    });
  });
  pick.show();
  // An engine that answers with something else has nothing to offer.
  const containers = ofContainers().catch(() => []);
  const show = async (all: readonly Place[], isEnd: boolean): Promise<void> => {
    // The window answers in order: what was chosen in it until now is known then.
    await vscode.commands.executeCommand('setContext', 'pgBackup.lookingForConnections', !isEnd);
    if (stop.signal.aborted) return;
    const active = pick.activeItems.map(({ found }) => found);
    pick.busy = !isEnd;
    if (all.length > 0 || isEnd) {
      pick.placeholder =
        all.length === 0
          ? vscode.l10n.t('None was found. Go back to paste or enter one.')
          : vscode.l10n.t('Choose one; you see all of it before it is saved');
    }
    pick.keepScrollPosition = true;
    pick.items = all.map(foundItem);
    // New rows must not take the place of the one that somebody is about to choose.
    const kept = pick.items.filter(({ found }) => active.includes(found));
    if (kept.length > 0) pick.activeItems = kept;
  };
  const stated = await findAll(stop.signal);
  await show(stated, false);
  // An engine may take its time: what files say is there before.
  void containers.then((running) => show(distinct([...stated, ...running]), true));
  return chosen;
}

function foundItem(found: Place): Item {
  const { label, description, detail, iconPath } = pastedItem(found.connection);
  const where = vscode.l10n.t('{0}: {1}', found.place, found.at);
  return {
    label: found.name ?? label,
    description: description ?? '',
    detail: [where, detail ?? ''].filter((text) => text !== '').join(' · '),
    ...(iconPath === undefined ? {} : { iconPath }),
    found,
  };
}

async function findAll(signal: AbortSignal): Promise<Place[]> {
  // The reader of YAML is loaded when somebody wants it.
  const { findInFile, variablesOf } = await import('../../core/connections/find/findInFile');
  const { projectFiles } = await import('../../core/connections/find/projectFiles');
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const project = (await Promise.all(folders.map((folder) => projectFiles(folder, signal)))).flat();
  const all: Place[] = [];
  for (const file of [...project, ...filesOfUser()]) {
    if (signal.aborted) return [];
    const text = await readText(file, signal);
    if (text === null) continue;
    const beside = await readText(path.join(path.dirname(file), '.env'), signal);
    const place = shownPath(file);
    const found = findInFile(file, text, variablesOf(beside ?? ''));
    all.push(...found.map((one) => ({ ...one, place })));
  }
  return distinct([...all, ...(await ofExtensions())]);
}

async function ofContainers(): Promise<Place[]> {
  const { runningContainers } = await import('../../core/pgtools/locate/containers');
  const { findInContainers } = await import('../../core/connections/find/runningServers');
  const running = await runningContainers(process.env);
  return findInContainers(running).map((one) => ({
    ...one,
    place: vscode.l10n.t('running container'),
  }));
}

async function ofExtensions(): Promise<Place[]> {
  const { EXTENSION_SETTINGS, findInExtensionSettings } =
    await import('../../core/connections/find/otherFiles');
  return EXTENSION_SETTINGS.flatMap((key) =>
    findInExtensionSettings(vscode.workspace.getConfiguration().get<unknown>(key)).map((one) => ({
      ...one,
      place: key,
    })),
  );
}

async function readText(file: string, signal: AbortSignal): Promise<string | null> {
  try {
    return (await readBounded(file, MAX_BYTES, signal)).toString('utf8');
  } catch {
    // Not there, not readable, too large, or no file at all: no connection either.
    return null;
  }
}

/** Of libpq, and of programs that keep theirs in one place. */
function filesOfUser(): string[] {
  const home = os.homedir();
  const { APPDATA, PGSERVICEFILE, PGPASSFILE, PGSYSCONFDIR, XDG_DATA_HOME } = process.env;
  const roaming = APPDATA ?? path.join(home, 'AppData', 'Roaming');
  const windows = process.platform === 'win32';
  const data =
    process.platform === 'darwin'
      ? path.join(home, 'Library')
      : windows
        ? roaming
        : (XDG_DATA_HOME ?? path.join(home, '.local', 'share'));
  const passwords = windows
    ? path.join(roaming, 'postgresql', 'pgpass.conf')
    : path.join(home, '.pgpass');
  return [
    PGSERVICEFILE ?? path.join(home, '.pg_service.conf'),
    ...(PGSYSCONFDIR === undefined ? [] : [path.join(PGSYSCONFDIR, 'pg_service.conf')]),
    PGPASSFILE ?? passwords,
    path.join(data, 'DBeaverData', 'workspace6', 'General', '.dbeaver', 'data-sources.json'),
  ];
}

function shownPath(file: string): string {
  const relative = vscode.workspace.asRelativePath(file);
  const home = os.homedir();
  return isWithin(relative, home) ? `~${relative.slice(home.length)}` : relative;
}

/** The same connection stands in many files: the first place counts, and one with a password. */
function distinct(all: readonly Place[]): Place[] {
  const byTarget = new Map<string, Place>();
  for (const one of all) {
    const key = JSON.stringify(one.connection.profile);
    const known = byTarget.get(key);
    const better =
      known?.connection.password === undefined && one.connection.password !== undefined;
    if (known === undefined || better) byTarget.set(key, one);
  }
  return [...byTarget.values()];
}
