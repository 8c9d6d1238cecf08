import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * Bytes of a file, or of the files in a directory (archives have no deeper ones); 0 when there is
 * nothing (yet). What vanishes meanwhile does not count.
 */
export async function outputSize(where: string): Promise<number> {
  const found = await lstat(where).catch(() => null);
  if (!found?.isDirectory()) return found?.size ?? 0;
  let sum = 0;
  for (const name of await readdir(where).catch(() => [])) {
    sum += (await lstat(path.join(where, name)).catch(() => null))?.size ?? 0;
  }
  return sum;
}

/**
 * Measures `where` about once a second until stopped; pauses grow with what a measurement costs,
 * so that a directory of 20,000 files is not read all the time. Returns what stops it.
 */
export function pollOutputSize(where: string, report: (bytes: number) => void): () => void {
  let timer: NodeJS.Timeout;
  let stopped = false;
  const measure = async (): Promise<void> => {
    const started = performance.now();
    const bytes = await outputSize(where);
    if (stopped) return;
    report(bytes);
    wait(Math.max(1000, 20 * (performance.now() - started)));
  };
  const wait = (ms: number): void => {
    timer = setTimeout(() => void measure(), ms);
  };
  wait(300);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
