import { NO_CONNECTION, scrubEnvironment } from '../../connections/inherited';
import { AppError } from '../../errors';
import type { ToolPlace } from '../../model/tools';
import { placedFile } from '../../pgtools/args/toolPlace';
import { startProgram } from '../../pgtools/locate/startProgram';
import type { JobRun } from '../job/jobContext';

/** Milliseconds after which an engine that has not answered is given up. */
const TIMEOUT_MS = 60_000;

/**
 * Writes a file where a tool runs that reads it, for that user alone; it goes when the job ends.
 *
 * @returns its path there
 * @throws AppError `toolFailed`, `cancelled`, `toolNotStarted`
 */
export async function writePlacedFile(
  run: JobRun,
  place: ToolPlace,
  name: string,
  content: string | Buffer,
): Promise<string> {
  const path = `/tmp/pgbackup-${run.runId}-${name}`;
  run.cleanups.push(() => shell(run, place, ['rm -f "$1"', path], { input: '' }));
  const how = { input: content, cancelSignal: run.signal };
  const result = await shell(run, place, ['umask 077 && cat > "$1"', path], how);
  if (result.isCanceled) throw new AppError('cancelled', {});
  if (!result.failed) return path;
  const { exitCode = null, stderr } = result;
  throw new AppError('toolFailed', { tool: 'sh', exitCode, cause: 'other', text: stderr });
}

function shell(
  { services: { inherited } }: JobRun,
  place: ToolPlace,
  [script, path]: readonly [string, string],
  how: { input: string | Buffer; cancelSignal?: AbortSignal },
) {
  return startProgram(placedFile(place, '/bin/sh'), ['-c', script, 'sh', path], {
    shell: false,
    reject: false,
    extendEnv: false,
    env: scrubEnvironment(inherited, NO_CONNECTION, process.platform),
    timeout: TIMEOUT_MS,
    maxBuffer: 100_000,
    windowsHide: true,
    ...how,
  });
}
