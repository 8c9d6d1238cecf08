import * as vscode from 'vscode';
import type { PastedConnection } from '../../core/connections/paste/pasted';
import { readPasted } from '../../core/connections/paste/readPasted';
import { SecretBox } from '../../core/connections/paste/secretBox';
import { describeTarget } from '../../core/connections/libpq';
import {
  dropReasonText,
  hostNoteText,
  pasteProblemText,
  refuseReasonText,
} from '../text/pasteText';
import { window } from '../ui/window';
import { fromPasted, nameOf, toProfile } from './newConnection';

/** What the first box gives. */
export type Start = { pasted: PastedConnection } | 'fields' | 'find' | undefined;

interface Item extends vscode.QuickPickItem {
  start?: Start;
}

/**
 * One box for whatever the user has: it says at once what it makes of the text, and hides what is
 * secret in it.
 */
export function pasteBox(): Promise<Start> {
  const pick = window.createQuickPick<Item>();
  const secrets = new SecretBox();
  pick.title = vscode.l10n.t('Add Connection');
  pick.placeholder = vscode.l10n.t(
    'Paste a URL, a connection string, a psql command or a line of .env',
  );
  pick.ignoreFocusOut = true;
  pick.items = otherWays();
  pick.onDidChangeValue((shown) => {
    const full = secrets.fullText(shown);
    const result = readPasted(full);
    const hidden = secrets.shownText(full, 'profile' in result ? result.secretTexts : []);
    if (hidden !== shown) pick.value = hidden;
    pick.items = [...itemsFor(result), ...otherWays()];
  });
  return new Promise((resolve) => {
    let start: Start;
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (chosen?.start === undefined) return;
      ({ start } = chosen);
      pick.hide();
    });
    pick.onDidHide(() => {
      pick.dispose();
      resolve(start);
    });
    pick.show();
  });
}

function otherWays(): Item[] {
  return [
    {
      label: vscode.l10n.t('Find Connections in This Workspace and on This Machine…'),
      detail: vscode.l10n.t(
        '.env, compose files, Rails, Spring, .NET, Prisma, pg_service.conf, ~/.pgpass, pgAdmin, DBeaver, other extensions: read now, sent nowhere',
      ),
      iconPath: new vscode.ThemeIcon('search'),
      start: 'find',
      alwaysShow: true,
    },
    {
      label: vscode.l10n.t('Enter Host, Port, Database and User…'),
      iconPath: new vscode.ThemeIcon('edit'),
      start: 'fields',
      alwaysShow: true,
    },
  ];
}

function itemsFor(result: ReturnType<typeof readPasted>): Item[] {
  if ('problem' in result) {
    const text = pasteProblemText(result.problem, result.name);
    return text === undefined ? [] : [problemItem(text)];
  }
  if (result.refused.length > 0) {
    return result.refused.map(({ name, reason }) => problemItem(refuseReasonText(name, reason)));
  }
  return [pastedItem(result)];
}

function problemItem(text: string): Item {
  return { label: text, iconPath: new vscode.ThemeIcon('error'), alwaysShow: true };
}

/** What a connection would be, and what of the text is not in it. */
export function pastedItem(pasted: PastedConnection): Item {
  const connection = fromPasted(pasted);
  const { user } = connection.target;
  const target =
    connection.reference ?? describeTarget(toProfile(connection, 'user', []), process.env);
  const description = [
    target,
    user === undefined ? '' : vscode.l10n.t('as {0}', user),
    pasted.password === undefined ? '' : vscode.l10n.t('with its password'),
  ];
  const left = pasted.dropped.map(({ name, reason }) => `${name} (${dropReasonText(reason)})`);
  const notes = pasted.notes.filter((note) => note.note !== 'hoster' || note.tls).map(hostNoteText);
  const detail = [
    ...notes,
    left.length === 0 ? '' : vscode.l10n.t('Left out: {0}', left.join(', ')),
  ];
  return {
    label: nameOf(connection),
    description: description.filter(Boolean).join(' · '),
    detail: detail.filter(Boolean).join(' '),
    iconPath: new vscode.ThemeIcon('database'),
    start: { pasted },
    alwaysShow: true,
  };
}
