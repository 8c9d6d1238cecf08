import { readdir, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { readSystemFile } from '../../files/systemFile';
import { lookInterval } from '../job/pace';

/** How far a process has come in a file that it has open. */
export interface ReadPosition {
  /** Absolute, without links. */
  file: string;
  /** Bytes from its beginning. */
  position: number;
}

/** Looked at sooner, it would show the first pieces, which sockets swallow at once. */
const FIRST_MS = 300;

/**
 * Tells once a second, in the beginning more often, how far a process and those that it has started are in `where`, a file,
 * or in the files of that directory. Only Linux knows. Returns what stops it.
 */
export function pollReadPositions(
  pid: number,
  where: string,
  report: (positions: ReadPosition[]) => void,
): () => void {
  if (process.platform !== 'linux') return () => undefined;
  const since = performance.now();
  let stopped = false;
  let timer: NodeJS.Timeout;
  const ask = async (): Promise<void> => {
    const positions = await readPositions(pid, where).catch(() => []);
    if (stopped) return;
    if (positions.length > 0) report(positions);
    timer = setTimeout(() => void ask(), lookInterval(performance.now() - since));
  };
  timer = setTimeout(() => void ask(), FIRST_MS);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

async function readPositions(pid: number, where: string): Promise<ReadPosition[]> {
  const real = await realpath(where);
  const isWanted = (file: string): boolean => file === real || path.dirname(file) === real;
  const children = textOf(`/proc/${pid}/task/${pid}/children`);
  const pids = [String(pid), ...children.split(' ').filter((text) => text !== '')];
  const found = await Promise.all(
    pids.map((each) => positionsOf(each, isWanted).catch((): ReadPosition[] => [])),
  );
  return found.flat();
}

async function positionsOf(
  pid: string,
  isWanted: (file: string) => boolean,
): Promise<ReadPosition[]> {
  const positions: ReadPosition[] = [];
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    const file = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
    if (!isWanted(file)) continue;
    const text = textOf(`/proc/${pid}/fdinfo/${fd}`);
    const position = /^pos:\s+(\d+)/m.exec(text)?.[1];
    if (position !== undefined) positions.push({ file, position: Number(position) });
  }
  return positions;
}

/** '' once the process has ended. */
function textOf(systemFile: string): string {
  try {
    return readSystemFile(systemFile);
  } catch {
    return '';
  }
}
