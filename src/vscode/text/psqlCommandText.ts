import * as vscode from 'vscode';
import { commandName } from '../../core/archive/script/psqlCommands';

const READERS = new Set(['i', 'include', 'ir', 'include_relative', 'lo_import']);
const WRITERS = new Set(['o', 'out', 'w', 'write', 'g', 'gx', 's', 'lo_export']);
const EDITORS = new Set(['e', 'edit', 'ef', 'ev']);
const QUESTIONS = new Set(['prompt', 'password']);
const DISPLAY = new Set(
  'a C f H html t T x pset timing echo qecho warn encoding errverbose'.split(' '),
);

/** What psql would do at a command of a script; continues a sentence after "…, which". */
export function psqlCommandText(command: string): string {
  const name = commandName(command);
  // In these forms, every command runs a program.
  if (name === '!' || command.includes('`') || /^\\\S+\s+\|/.test(command)) {
    return vscode.l10n.t('would run a program on this machine');
  }
  if (name === 'copy') {
    return vscode.l10n.t('would read or write files of this machine, or run programs on it');
  }
  if (READERS.has(name)) return vscode.l10n.t('would read files of this machine');
  if (WRITERS.has(name)) return vscode.l10n.t('can write files on this machine');
  if (EDITORS.has(name)) return vscode.l10n.t('would start an editor');
  if (name === 'c' || name === 'connect') {
    return vscode.l10n.t('names more than a database to connect to');
  }
  if (name === 'cd' || name === 'setenv' || name === 'set') {
    return vscode.l10n.t('changes what psql does later');
  }
  if (QUESTIONS.has(name)) return vscode.l10n.t('would wait for an answer');
  if (DISPLAY.has(name)) return vscode.l10n.t('only changes what psql shows');
  return vscode.l10n.t('only psql itself knows');
}
