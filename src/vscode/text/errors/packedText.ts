import * as vscode from 'vscode';
import type { ErrorCode, ErrorDetails } from '../../../core/errors';
import type { Describers } from './describers';
import { formatBytes } from '../../../core/text/formatBytes';

type PackedCode = Extract<
  ErrorCode,
  'packedChoice' | 'nothingPacked' | 'unpacksTooLarge' | 'noSpaceToUnpack' | 'partMissing'
>;

/** Most names that a sentence lists. */
const LISTED = 8;

/** Sentences about files that contain packed dumps. */
export const packedDescribers: Describers<PackedCode> = {
  packedChoice: (d) => ({
    message: vscode.l10n.t('{0} holds {1} dumps. Choose one of them.', d.path, d.names.length),
    detail: d.names.slice(0, LISTED).join(', ') + (d.names.length > LISTED ? ', …' : ''),
    actions: ['retry'],
  }),
  nothingPacked: (d) => ({
    message: vscode.l10n.t('Among the {1} files in {0} there is no dump.', d.path, d.files),
  }),
  unpacksTooLarge: (d) => ({ message: tooLarge(d) }),
  noSpaceToUnpack: (d) => ({
    message: vscode.l10n.t(
      '{0} has to be unpacked before it can be read, which needs {1} in {2}; {3} are free there. Free some space, or unpack it elsewhere and open what was in it.',
      d.path,
      formatBytes(d.needed),
      d.folder,
      formatBytes(d.free),
    ),
  }),
  partMissing: (d) => ({
    message: vscode.l10n.t(
      '{0} is a part of a dump that was split, and the part {1} is missing. Put it beside the others.',
      d.path,
      d.missing,
    ),
  }),
};

function tooLarge({ path, reason }: ErrorDetails['unpacksTooLarge']): string {
  switch (reason) {
    case 'ratio':
      return vscode.l10n.t(
        '{0} grows out of all proportion when it is unpacked, like a file that was made to fill a disk. If you trust it, unpack it yourself and open what was in it.',
        path,
      );
    case 'files':
      return vscode.l10n.t(
        '{0} holds too many files to look for a dump among them. Unpack it, and open the dump.',
        path,
      );
    case 'layers':
      return vscode.l10n.t('{0} is packed too many times over. Unpack it first.', path);
  }
}
