import { readFileSync } from 'node:fs';
import { until } from '../until';

/**
 * A process's state in one letter, as the kernel writes it: `R` runs, `S` and `D` wait, `T` was
 * stopped, `Z` is a zombie. Undefined when there is no such process. (Linux)
 */
export function processState(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  } catch {
    return undefined;
  }
}

/** Does this process run, rather than being a zombie? (Linux) */
export function runs(pid: number): boolean {
  const state = processState(pid);
  return state !== undefined && !'ZX'.includes(state);
}

/** Sends SIGKILL, also to one that has just ended. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (runs(pid)) throw error;
  }
}

/** Sends SIGKILL and resolves when the process has ended, or at once where it had ended before. */
export async function endProcess(pid: number): Promise<void> {
  killProcess(pid);
  await until(() => !runs(pid), `process ${pid} ends`);
}

/** The processes that a process has started and that still run. (Linux) */
export function childrenOf(pid: number): number[] {
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
    return list.split(' ').flatMap((each) => (each === '' ? [] : Number(each)));
  } catch {
    return [];
  }
}
