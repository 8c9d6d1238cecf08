import assert from 'node:assert/strict';
import type { RestoreContext } from '../../../../src/core/forms/form/context';
import type { RestoreOptions } from '../../../../src/core/model/options';
import { evaluateRestore } from '../../../../src/core/forms/restore/restoreForm';
import { restore, restoreContext } from '../sampleCatalog';

export type Field = keyof RestoreOptions;

/** The fields that have an error, or a warning, with these options. */
export function problemsOf(
  options: Partial<RestoreOptions>,
  context: Partial<RestoreContext>,
  severity: 'error' | 'warning',
): Field[] {
  const { problems } = evaluateRestore(restore(options), restoreContext(context));
  const found = problems.filter((problem) => problem.severity === severity);
  for (const { message } of found) assert.ok(message.length > 10, message);
  return [...new Set(found.map((problem) => problem.field as Field))];
}
