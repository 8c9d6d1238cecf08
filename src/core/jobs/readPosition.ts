import { readdir, readFile, readlink, realpath } from 'node:fs/promises';

/**
 * Reports about once a second how far the process has read in `file`, where the system tells
 * (Linux). Returns what stops it.
 */
export function pollReadPosition(
  pid: number,
  file: string,
  report: (bytes: number) => void,
): () => void {
  if (process.platform !== 'linux') return () => undefined;
  let stopped = false;
  let timer: NodeJS.Timeout;
  const ask = async (): Promise<void> => {
    const bytes = await readPosition(pid, file).catch(() => null);
    if (stopped) return;
    if (bytes !== null) report(bytes);
    timer = setTimeout(() => void ask(), 1000);
  };
  timer = setTimeout(() => void ask(), 300);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

async function readPosition(pid: number, file: string): Promise<number | null> {
  const real = await realpath(file);
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
    if (target !== real) continue;
    const text = await readFile(`/proc/${pid}/fdinfo/${fd}`, 'utf8');
    const pos = /^pos:\s+(\d+)/m.exec(text)?.[1];
    return pos === undefined ? null : Number(pos);
  }
  return null;
}
