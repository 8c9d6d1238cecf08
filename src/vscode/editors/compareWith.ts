import path from 'node:path';
import * as vscode from 'vscode';
import { connectionLabel } from '../../core/model/profile';
import { openDumpDialog } from '../ui/dialogs';
import { archivePath } from './archiveModel';
import type { EditorServices } from './editorServices';
import type { LiveDumps } from './liveDumps';
import { window } from '../ui/window';
import { pathKey } from '../../core/files/pathKey';
import { samePath } from '../../core/files/samePath';

/** The other dump of a comparison. */
export interface OtherDump {
  path: string;
  /** Title of its tab. */
  name: string;
  /** The dump is made for this comparison. */
  temporary: boolean;
}

type Item = vscode.QuickPickItem & { choose?: () => Promise<OtherDump | null> };

/** Asks for another dump, or for a connection whose schema is dumped; null = cancelled. */
export async function pickOther(
  services: EditorServices,
  liveDumps: LiveDumps,
  self: string,
): Promise<OtherDump | null> {
  const picked = await window.showQuickPick(itemsFor(services, liveDumps, self), {
    title: vscode.l10n.t('Compare {0} With', path.basename(self)),
    placeHolder: vscode.l10n.t('Choose another dump, or a database as it is now'),
    matchOnDescription: true,
  });
  return (await picked?.choose?.()) ?? null;
}

function itemsFor(services: EditorServices, liveDumps: LiveDumps, self: string): Item[] {
  const open = openArchives().filter((dump) => !samePath(dump, self));
  const items: Item[] = [
    separator(vscode.l10n.t('Dumps')),
    ...open.map((dump) => ({
      label: path.basename(dump),
      iconPath: new vscode.ThemeIcon('archive'),
      description: path.dirname(dump),
      choose: async () => dumpAt(dump),
    })),
    {
      label: vscode.l10n.t('Dump File…'),
      iconPath: new vscode.ThemeIcon('file'),
      choose: async () => dumpAt(await openDumpDialog(false)),
    },
    {
      label: vscode.l10n.t('Directory Archive…'),
      iconPath: new vscode.ThemeIcon('folder'),
      choose: async () => dumpAt(await openDumpDialog(true)),
    },
  ];
  // In Restricted Mode no program is started, so only files are offered.
  if (!vscode.workspace.isTrusted) return items;
  const connections = services.connections.summaries();
  if (connections.length > 0) items.push(separator(vscode.l10n.t('Databases as they are now')));
  for (const { id, label, target } of connections) {
    items.push({
      label,
      iconPath: new vscode.ThemeIcon('database'),
      description: target,
      choose: async () => {
        const profile = services.settings.connection(id);
        await services.connections.chosen(profile);
        const name = connectionLabel(profile);
        return { path: await liveDumps.take(profile), name, temporary: true };
      },
    });
  }
  return items;
}

function dumpAt(dump: string | null): OtherDump | null {
  if (dump === null) return null;
  const archive = archivePath(dump);
  return { path: archive, name: path.basename(archive), temporary: false };
}

function separator(label: string): Item {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

/** Dumps that have a tab. */
function openArchives(): string[] {
  const dumps = vscode.window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.flatMap(({ input }) =>
      input instanceof vscode.TabInputCustom && input.viewType.startsWith('pgBackup.archive')
        ? [archivePath(input.uri.fsPath)]
        : [],
    ),
  );
  return [...new Map(dumps.map((dump) => [pathKey(dump, process.platform), dump])).values()];
}
