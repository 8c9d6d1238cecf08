import { AppError } from '../errors';
import type { RestoreOptions } from '../forms/options';
import type { JobRun } from './jobContext';
import type { TableName } from './resolveTables';

export type RestoreRequestOptions = Omit<RestoreOptions, 'tables'> & { tables: TableName[] | null };
export interface RestoreRequest {
  options: RestoreRequestOptions;
}
export async function runRestore(
  run: JobRun,
  request: RestoreRequest,
): Promise<'completed' | 'completedWithErrors'> {
  void run;
  void request;
  throw new AppError('internal', { text: 'not yet' });
}
