import path from 'node:path';
import { KEEP_QUEUE } from '../startScript';

/**
 * Carries out what the arguments say: keeps a queue, or runs a job. `script`: absolute path of the
 * supervisor's bundle; `endUnable`: hears of what nobody catches until the job has begun.
 * @returns whether a job was completed
 */
export async function runSupervisor(
  script: string,
  args: readonly string[],
  endUnable: (error: unknown) => void,
): Promise<boolean> {
  if (args.includes(KEEP_QUEUE)) {
    const { keepQueue } = await import('./keepQueue');
    await keepQueue(script);
    return false;
  }
  const { supervise } = await import('./supervise');
  return supervise({ guardScript: path.join(path.dirname(script), 'guard.js'), args, endUnable });
}
