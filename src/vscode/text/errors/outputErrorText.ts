import * as vscode from 'vscode';
import type { Describers } from './describers';

type OutputCode =
  | 'outputExists'
  | 'outputNotReplaceable'
  | 'outputDirectoryMissing'
  | 'outputRemoved'
  | 'outputNotWritable'
  | 'outputInUse'
  | 'outputReadOnly'
  | 'outputBusy';

/** Sentences about the file or folder that a backup is written to. */
export const outputDescribers: Describers<OutputCode> = {
  outputExists: (d) => ({
    message: vscode.l10n.t('{0} exists already and was not overwritten.', d.path),
  }),
  outputNotReplaceable: (d) => ({
    message: vscode.l10n.t(
      '{0} is not a backup, so it is not replaced. Choose another path.',
      d.path,
    ),
  }),
  outputDirectoryMissing: (d) => ({
    message: vscode.l10n.t('The folder {0} does not exist.', d.path),
  }),
  outputRemoved: (d) => ({
    message: vscode.l10n.t('What was written into {0} is no longer there.', d.path),
    detail: vscode.l10n.t('The file or its folder was removed while the backup was made.'),
  }),
  outputNotWritable: (d) => ({
    message:
      d.full === true
        ? vscode.l10n.t('{0} cannot be written: no space is left on the disk.', d.path)
        : vscode.l10n.t('{0} cannot be written.', d.path),
    detail: d.text,
  }),
  outputInUse: (d) => ({
    message: vscode.l10n.t('{0} is open in another program.', d.path),
    detail: vscode.l10n.t(
      'While a program has a file open, Windows does not replace it. Close that program, or save under another name.',
    ),
  }),
  outputReadOnly: (d) => ({
    message: vscode.l10n.t('{0} is read-only.', d.path),
    detail: vscode.l10n.t(
      'Take the read-only attribute away in the properties of the file, or save under another name.',
    ),
  }),
  outputBusy: (d) => ({ message: vscode.l10n.t('Another job is writing to {0}.', d.path) }),
};
