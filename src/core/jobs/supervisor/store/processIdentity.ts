import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import os from 'node:os';
import { readSystemFile } from '../../../files/systemFile';
import { numberIn, object, optional, orNull, textTo, wholeNumber } from '../../../shapes';
import { ownPipeStamp, pipeState } from './processPipe';

/** A `ProcessIdentity` as it is kept in files. */
export const identityFields = {
  /** Numbers up to 1 are never a job's: `kill` takes 0 and -1 for many processes at once. */
  pid: numberIn(2, 0x7fff_ffff, wholeNumber),
  stamp: orNull(textTo(500)),
  host: textTo(500),
  space: optional(textTo(100)),
} as const;

export const identityShape = object(identityFields);

/** Identifies a process, also against a later one with the same number. */
export interface ProcessIdentity {
  /** Greater than 1. */
  pid: number;
  /** Start time as the system writes it, or the name of its pipe on Windows; null = unknown. */
  stamp: string | null;
  /** The machine's name: stores may lie on a network drive, or be carried into another container. */
  host: string;
  /**
   * The PID namespace of the number: containers with the same host name have their own. Absent
   * where there is only one, or it is unknown.
   */
  space?: string | undefined;
}

/**
 * `gone` is certain: no such process exists. `unknown`: the process cannot be seen from here, or
 * one with that number exists and cannot be identified.
 */
export type Liveness = 'running' | 'gone' | 'unknown';

/** What the system tells about a process. */
type Look = { state: 'running'; stamp: string | null } | { state: 'ended' } | { state: 'unseen' };

/** This process, or a child of it while it certainly runs. */
export function identify(pid: number = process.pid): ProcessIdentity {
  const stamp = stampOf(pid);
  const here = space();
  return { pid, stamp, host: os.hostname(), ...(here === undefined ? {} : { space: here }) };
}

function stampOf(pid: number): string | null {
  if (process.platform === 'win32') return pid === process.pid ? ownPipeStamp() : null;
  const seen = look(pid);
  return seen.state === 'running' ? seen.stamp : null;
}

/** Is this the text of a process that has certainly ended? */
export function hasEnded(text: string): boolean {
  try {
    return livenessOf(identityShape.parse(JSON.parse(text))) === 'gone';
  } catch {
    return false;
  }
}

/** Does the process still run? One that has ended and was not waited for does not. */
export function livenessOf(identity: ProcessIdentity): Liveness {
  const { pid, stamp, host } = identity;
  if (host !== os.hostname()) return 'unknown';
  const here = space();
  if (identity.space !== undefined && here !== undefined && identity.space !== here) {
    return 'unknown';
  }
  if (isAbsent(pid)) return 'gone';
  if (process.platform === 'win32') return stamp === null ? 'unknown' : pipeState({ pid, stamp });
  const now = look(pid);
  switch (now.state) {
    case 'ended':
      return 'gone';
    case 'unseen':
      // It may have ended between the two looks. A missing file of /proc proves nothing: it may be
      // hidden, or there is no /proc.
      return isAbsent(pid) ? 'gone' : 'unknown';
    case 'running':
      if (stamp === null || now.stamp === null) return 'unknown';
      return now.stamp === stamp ? 'running' : 'gone';
  }
}

/** Only ESRCH is certain: a process of another user, or one that a sandbox hides, is there. */
function isAbsent(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

function look(pid: number): Look {
  try {
    if (process.platform === 'linux') return lookLinux(pid);
    const env = { LC_ALL: 'C', TZ: 'UTC' };
    const text = execFileSync('/bin/ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return parsePs(text.toString('latin1'));
  } catch {
    return { state: 'unseen' };
  }
}

/** `S+   Thu Nov 26 10:00:00 2026`: the state first, Z for a zombie. */
function parsePs(text: string): Look {
  const [, state = '', started = ''] = /^\s*(\S+)\s+(.*\S)\s*$/.exec(text) ?? [];
  if (state === '' || started === '') return { state: 'unseen' };
  return state.startsWith('Z') ? { state: 'ended' } : { state: 'running', stamp: started };
}

let boot: string | undefined;

/** proc(5): the name, in brackets, may hold anything; state is the 3rd field, start the 22nd. */
function lookLinux(pid: number): Look {
  const stat = readSystemFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', started = ''] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X') return { state: 'ended' };
  if (!/^[A-Za-z]$/.test(state) || !/^\d+$/.test(started)) return { state: 'unseen' };
  boot ??= readSystemFile('/proc/sys/kernel/random/boot_id').trim();
  return { state: 'running', stamp: `${boot} ${started}` };
}

let knownSpace: string | undefined;

/** pid_namespaces(7): `pid:[4026531836]`. */
function space(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return (knownSpace ??= readlinkSync('/proc/self/ns/pid'));
  } catch {
    return undefined;
  }
}
