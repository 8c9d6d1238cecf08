import { createHash, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Reservations } from '../../job/jobContext';
import { identify, livenessOf, type ProcessIdentity } from './processIdentity';

interface Holder extends ProcessIdentity {
  /** Unique to one taking. */
  token: string;
}

/**
 * Names that only one process at a time holds, on this machine, across windows and supervisors: one
 * file for each, with its holder inside. What a process held that has died is free again.
 */
export class FileReservations implements Reservations {
  private readonly self = identify();

  constructor(private readonly dir: string) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  }

  take(name: string): (() => void) | null {
    const file = path.join(this.dir, createHash('sha256').update(name).digest('hex').slice(0, 32));
    const token = randomBytes(12).toString('hex');
    const holder: Holder = { ...this.self, token };
    // Whole from its first moment: nobody reads half of it.
    const mine = `${file}.${token}`;
    writeFileSync(mine, JSON.stringify(holder), { mode: 0o600 });
    try {
      for (let attempt = 0; attempt < 3; attempt++) {
        if (tryLink(mine, file)) return () => release(file, token);
        if (!this.removeStale(file)) return null;
      }
      return null;
    } finally {
      rmSync(mine, { force: true });
    }
  }

  /** Returns whether it is worth trying again. */
  private removeStale(file: string): boolean {
    const seen = readHolder(file);
    if (seen === 'missing') return true;
    if (seen !== 'broken' && livenessOf(seen) !== 'gone') return false;
    // Somebody else may be doing the same: only what was seen may go.
    const away = `${file}.${randomBytes(12).toString('hex')}`;
    try {
      renameSync(file, away);
    } catch {
      return true;
    }
    const moved = readHolder(away);
    const same =
      typeof moved === 'string' || typeof seen === 'string'
        ? moved === seen
        : moved.token === seen.token;
    if (!same) tryLink(away, file);
    rmSync(away, { force: true });
    return true;
  }
}

function readHolder(file: string): Holder | 'missing' | 'broken' {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return 'missing';
  }
  try {
    const holder = JSON.parse(text) as Holder;
    return typeof holder.pid === 'number' && typeof holder.token === 'string' ? holder : 'broken';
  } catch {
    return 'broken';
  }
}

function release(file: string, token: string): void {
  const holder = readHolder(file);
  if (typeof holder !== 'string' && holder.token === token) rmSync(file, { force: true });
}

/** Makes `file`, unless it is there. Throws what has nothing to do with that. */
function tryLink(from: string, file: string): boolean {
  try {
    linkSync(from, file);
    return true;
  } catch (error) {
    if (code(error) === 'EEXIST') return false;
    // A file system without links.
    try {
      writeFileSync(file, readFileSync(from), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (second) {
      if (code(second) === 'EEXIST') return false;
      throw second;
    }
  }
}

function code(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
