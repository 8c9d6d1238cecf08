import * as vscode from 'vscode';
import { AppError } from '../../core/errors';
import type { ChangingStep, CountingStep, PreflightStep } from '../../core/model/findings/findings';
import { stepQuestion } from '../../core/text/findings/remedyText';
import { targetLabel } from './targetLabel';
import type { ConnectionService } from '../connections/connectionService';
import type { PreflightService } from '../jobs/preflightService';
import { literalLabel } from '../text/literalText';
import { askBefore } from '../ui/askBefore';
import { cancellable } from '../ui/cancellable';
import { typeName } from '../ui/typeName';
import { errorMessage } from '../text/errorText';
import { window } from '../ui/window';

/** What is to be done, and where. */
export interface StepTaken {
  connectionId: string;
  /** null = the connection's own. */
  database: string | null;
  step: PreflightStep;
}

/**
 * Asks, then does what a finding of a pre-flight offers. Which sessions the user may not end is told
 * beside the form.
 *
 * @throws AppError as `PreflightService.take`
 */
export async function takeStep(
  services: { connections: ConnectionService; preflight: PreflightService },
  { connectionId, database, step }: StepTaken,
): Promise<{ done: boolean }> {
  if (step.do === 'countRows') {
    return { done: await counted(services.preflight, { connectionId, database, step }) };
  }
  const label = services.connections.labelOf(connectionId);
  const name = database ?? services.connections.databaseName(connectionId) ?? '';
  const { title, detail } = stepQuestion(
    step,
    targetLabel(services.connections, connectionId, database),
  );
  const dangerous = buttonOf(step);
  const agreed = await askBefore({
    title,
    detail,
    dangerous,
    safe: vscode.l10n.t('Change Nothing'),
  });
  const done = agreed && (step.do !== 'emptyTables' || (await typedFor(name || label, dangerous)));
  if (!done) return { done };
  try {
    await services.preflight.take(connectionId, database, step);
  } catch (error) {
    // Others were ended: the form has to look again.
    if (!AppError.is(error, 'sessionsKept')) throw error;
    void window.showWarningMessage(errorMessage(error));
  }
  return { done };
}

/** Reading needs no question: it can be ended at any time. */
function counted(
  preflight: PreflightService,
  { connectionId, database, step }: StepTaken & { step: CountingStep },
): Thenable<boolean> {
  const title = vscode.l10n.t('Counting rows');
  return cancellable(title, async ({ signal }) => {
    try {
      await preflight.count(connectionId, database, step.tables, signal);
      return true;
    } catch (error) {
      if (AppError.is(error, 'cancelled')) return false;
      throw error;
    }
  });
}

/** Rows that are deleted are gone: the name of their database is typed. */
function typedFor(name: string, title: string): Promise<boolean> {
  return typeName(name, {
    title,
    prompt: vscode.l10n.t('Type {0} to delete the rows.', literalLabel(name)),
  });
}

function buttonOf(step: ChangingStep): string {
  switch (step.do) {
    case 'createRoles':
      return vscode.l10n.t('Create Roles');
    case 'createSchemas':
      return vscode.l10n.t('Create Schemas');
    case 'createExtensions':
      return vscode.l10n.t('Create Extensions');
    case 'endSessions':
    case 'endAllSessions':
      return vscode.l10n.t('End Sessions');
    case 'addForeignKeys':
      return vscode.l10n.t('Add Keys');
    case 'setSequences':
      return vscode.l10n.t('Set Sequences');
    case 'emptyTables':
      return vscode.l10n.t('Delete All Rows');
  }
}
