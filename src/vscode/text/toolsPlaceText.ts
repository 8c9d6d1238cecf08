import * as vscode from 'vscode';
import type { ErrorDetails } from '../../core/errors';
import type { ProblemAction } from '../../protocol/types';

type Details = ErrorDetails['toolsUnreachable'];

/** Why the tools of a container or of a WSL distribution are not reached. */
export function toolsPlaceText(details: Details): {
  message: string;
  detail: string;
  actions: ProblemAction[];
} {
  return {
    message: sentence(details),
    detail: details.text,
    actions: ['retry', 'chooseContainer', 'editConnections'],
  };
}

function sentence({ place, reason }: Details): string {
  switch (reason) {
    case 'noEngine':
      return vscode.l10n.t(
        'The connection uses the tools of "{0}", and there is no docker, podman or WSL for it on this machine.',
        place,
      );
    case 'notRunning':
      return vscode.l10n.t('No container that is called "{0}" is running.', place);
    case 'noTools':
      return vscode.l10n.t('There are no pg_dump, pg_restore and psql in "{0}".', place);
    case 'failed':
      return vscode.l10n.t('The tools of "{0}" cannot be reached.', place);
  }
}
