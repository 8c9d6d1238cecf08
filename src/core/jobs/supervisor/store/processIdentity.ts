import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';

/** A process, told from a later one that got the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in the system's own words; null where that cannot be told. */
  stamp: string | null;
  /** The machine's name: stores may lie on a network drive, or be carried into another container. */
  host: string;
}

/** `unknown`: there is such a process, or it is on another machine; nobody can say whose. */
export type Liveness = 'running' | 'gone' | 'unknown';

/** This process, or a child of it while it certainly runs. */
export function identify(pid: number = process.pid): ProcessIdentity {
  return { pid, stamp: look(pid)?.stamp ?? null, host: os.hostname() };
}

/** Does the process still run? One that has ended and was not waited for does not. */
export function livenessOf({ pid, stamp, host }: ProcessIdentity): Liveness {
  if (host !== os.hostname()) return 'unknown';
  if (!exists(pid)) return 'gone';
  const now = look(pid);
  if (now === null) return process.platform === 'win32' ? 'unknown' : 'gone';
  if (stamp === null || now.stamp === null) return 'unknown';
  return now.stamp === stamp ? 'running' : 'gone';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** null when there is no such process (any more). */
function look(pid: number): { stamp: string | null } | null {
  try {
    if (process.platform === 'linux') return lookLinux(pid);
    if (process.platform === 'win32') return { stamp: null };
    const env = { LC_ALL: 'C', TZ: 'UTC' };
    const text = execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], { env });
    return { stamp: text.toString('latin1').trim() };
  } catch {
    return null;
  }
}

let boot: string | undefined;

/** proc(5): the name, in brackets, may hold anything; state is the 3rd field, start the 22nd. */
function lookLinux(pid: number): { stamp: string } | null {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return { stamp: `${boot} ${fields[19] ?? ''}` };
}
