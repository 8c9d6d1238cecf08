import * as vscode from 'vscode';
import {
  candidatesFor,
  type ToolTask,
  type Unfit,
  unfitFor,
} from '../../core/pgtools/choose/candidates';
import type { ToolChoice, ToolInstall } from '../../core/model/tools';
import type { ToolCandidate } from '../../protocol/types';

/** Every tool found for a task, with which of them is taken and why others cannot be. */
export function toolCandidates(
  installs: readonly ToolInstall[],
  task: ToolTask,
  choice: ToolChoice | null,
): ToolCandidate[] {
  return candidatesFor(installs, task.tool).map((install) => {
    const unfit = unfitFor(install, task);
    return {
      dir: install.dir,
      file: install.tools[task.tool] ?? '',
      version: install.version,
      reason: choice?.install === install ? choice.reason : null,
      usable: unfit === null,
      ...(unfit === null ? {} : { whyNot: unfitText(unfit, task) }),
    };
  });
}

function unfitText(unfit: Unfit, { tool, server }: ToolTask): string {
  switch (unfit) {
    case 'toolMissing':
      return vscode.l10n.t('There is no {0} in this directory.', tool);
    case 'tooOld':
      return vscode.l10n.t('Too old: {0} 12 or newer is needed.', tool);
    case 'serverNewer':
      return vscode.l10n.t('The server ({0}) is newer: pg_dump refuses to dump it.', server.major);
    case 'archiveNewer':
      return vscode.l10n.t('It cannot read this archive, which a newer pg_dump made.');
    case 'restrictUnknown':
      return vscode.l10n.t('It does not know the \\restrict lines of this script.');
  }
}
