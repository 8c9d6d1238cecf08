import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second of `/proc`; 100 on every Linux that Node runs on. */
const TICKS = 100;

interface ProcessTimes {
  readonly parent: number;
  /** Seconds of the process itself, user and system. */
  readonly own: number;
  /** Seconds of its children that have ended and were waited for, with theirs. */
  readonly ended: number;
}

/** null = the process has ended. */
function timesOf(pid: number | string): ProcessTimes | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The name, in parentheses, may have blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
  return {
    parent: Number(fields[1]),
    own: (user + system) / TICKS,
    ended: (endedUser + endedSystem) / TICKS,
  };
}

/**
 * Processor seconds (user and system) that these processes have used with all that descend from
 * them, as far as those still run or were waited for. Linux only: NaN elsewhere.
 */
export function processorSeconds(roots: readonly number[]): number {
  if (process.platform !== 'linux') return NaN;
  const all = new Map<number, ProcessTimes>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    const times = timesOf(name);
    if (times) all.set(Number(name), times);
  }
  let sum = 0;
  const left = [...roots];
  for (let pid = left.pop(); pid !== undefined; pid = left.pop()) {
    const times = all.get(pid);
    if (times) sum += times.own + times.ended;
    for (const [child, { parent }] of all) if (parent === pid) left.push(child);
  }
  return sum;
}
