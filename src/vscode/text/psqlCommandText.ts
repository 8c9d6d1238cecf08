import * as vscode from 'vscode';
import { commandName } from '../../core/archive/script/psqlCommands';

const readers = new Set(['i', 'include', 'ir', 'include_relative', 'lo_import']);
const writers = new Set(['o', 'out', 'w', 'write', 'g', 'gx', 's', 'lo_export']);
const editors = new Set(['e', 'edit', 'ef', 'ev']);
const questions = new Set(['prompt', 'password']);
const display = new Set(
  'a C f H html t T x pset timing echo qecho warn encoding errverbose'.split(' '),
);

/** What psql would do at a command of a script; it goes on after "…, which". */
export function psqlCommandText(command: string): string {
  const name = commandName(command);
  // They run whatever the command is.
  if (name === '!' || command.includes('`') || /^\\\S+\s+\|/.test(command)) {
    return vscode.l10n.t('would run a program on this machine');
  }
  if (name === 'copy') {
    return vscode.l10n.t('would read or write files of this machine, or run programs on it');
  }
  if (readers.has(name)) return vscode.l10n.t('would read files of this machine');
  if (writers.has(name)) return vscode.l10n.t('can write files on this machine');
  if (editors.has(name)) return vscode.l10n.t('would start an editor');
  if (name === 'c' || name === 'connect') {
    return vscode.l10n.t('names more than a database to connect to');
  }
  if (name === 'cd' || name === 'setenv' || name === 'set') {
    return vscode.l10n.t('changes what psql does later');
  }
  if (questions.has(name)) return vscode.l10n.t('would wait for an answer');
  if (display.has(name)) return vscode.l10n.t('only changes what psql shows');
  return vscode.l10n.t('only psql itself knows');
}
