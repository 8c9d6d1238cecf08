import * as l10n from '@vscode/l10n';
import { fieldLabel, fieldOrder } from '../../../src/core/forms/fields/fieldText';
import type { FieldTable } from '../../../src/core/model/optionFields';
import type { FieldProblem } from '../../../src/core/forms/form/formTypes';
import type { LabelOf } from '../../../src/core/text/jobOutcome';
import { milestone } from '../../../src/core/text/jobText';
import type { ConnectionState, ConnectionSummary, JobUpdate } from '../../../src/protocol/types';
import type { Announcer } from '../announcer';
import type { FormOptions, FormState } from './formState';
import { isOver, viewJob } from './jobView';

/** Calls `draw` once for all changes of one turn. */
export function oncePerTurn(draw: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    queueMicrotask(() => {
      asked = false;
      draw();
    });
  };
}

/** Announces a job's phases, each quarter, and its end. Returns whether this update ended it. */
export function announceJob(
  announcer: Announcer,
  before: JobUpdate | null,
  update: JobUpdate,
  labelOf?: LabelOf,
): boolean {
  const same = before?.job.id === update.job.id ? before : null;
  const view = viewJob(update, 0, labelOf);
  if (view.kind === 'running') {
    const earlier = viewJob(same, 0);
    const { phase, remaining } = view.running;
    if (earlier.kind !== 'running' || earlier.running.phase !== phase) announcer.say(phase);
    const quarter = milestone(same?.job.progress ?? null, update.job.progress);
    if (quarter !== null) {
      const said = l10n.t('{0} percent done', quarter);
      announcer.say(remaining === '' ? said : `${said}, ${remaining}`);
    }
  }
  if (view.kind !== 'finished') return false;
  if (same !== null && isOver(same.job.status)) return false;
  const { title, tone, lines } = view.outcome;
  const text = [title, ...lines].join(' ');
  if (tone === 'failed') announcer.alert(text);
  else announcer.say(text);
  return true;
}

/** Returns the label of a connection. */
export function labelsOf(connections: readonly ConnectionSummary[]): LabelOf {
  return (id) => connections.find((connection) => connection.id === id)?.label ?? id;
}

/** State of a connection for which the request itself failed. */
export function unanswered(connectionId: string, error: Error): ConnectionState {
  return {
    connectionId,
    server: null,
    catalog: null,
    tool: null,
    tools: [],
    connectionArgs: [],
    problem: { message: error.message, actions: ['retry'] },
  };
}

/** Facts about the currently chosen connection. */
export function currentConnection({
  connection,
  options,
}: Pick<FormState<FormOptions>, 'connection' | 'options'>): ConnectionState | null {
  return connection?.connectionId === options.connectionId ? connection : null;
}

/**
 * The form's problems with those that the host found, each message at a field once, and with text
 * that cannot be read as arguments.
 */
export function allProblems(
  own: readonly FieldProblem<string>[],
  { hostProblems, extraError }: Pick<FormState<FormOptions>, 'hostProblems' | 'extraError'>,
): FieldProblem<string>[] {
  const all = [...own];
  for (const problem of hostProblems) {
    const same = ({ field, message }: FieldProblem<string>): boolean =>
      field === problem.field && message === problem.message;
    if (!all.some(same)) all.push(problem);
  }
  if (extraError !== null) all.push({ field: 'extraArgs', severity: 'error', message: extraError });
  return all;
}

/** Does any number field contain other text? */
export function hasNaN(options: object): boolean {
  return Object.values(options).some(
    (value: unknown) =>
      Number.isNaN(value) ||
      (typeof value === 'object' && value !== null && !Array.isArray(value) && hasNaN(value)),
  );
}

/** Errors only, in the order of the page. */
export function sortedErrors<F extends string>(
  problems: readonly FieldProblem<F>[],
  table: FieldTable,
): FieldProblem<F>[] {
  return problems
    .filter(({ severity }) => severity === 'error')
    .sort((a, b) => fieldOrder(table, a.field) - fieldOrder(table, b.field));
}

/** The labels of the fields with errors, in the order of the page, each once. */
export function namedErrors(
  problems: readonly FieldProblem<string>[],
  table: FieldTable,
  tool: readonly { id: string; label: string }[],
): [label: string, field: string][] {
  const errors = sortedErrors(problems, table);
  return [...new Map(errors.map(({ field }) => [fieldLabel(table, field, tool), field]))];
}
