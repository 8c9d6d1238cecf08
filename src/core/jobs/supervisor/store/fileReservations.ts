import { createHash, randomBytes } from 'node:crypto';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { CooperativeLoop } from '../../../cooperativeLoop';
import { readBoundedSync, UnusableFile } from '../../../files/regularFile';
import { object, textTo, type Read } from '../../../shapes';
import type { Reservations } from '../../job/jobContext';
import { identify, identityFields, livenessOf } from './processIdentity';

const holder = object({
  ...identityFields,
  /** Unique for each reservation. */
  token: textTo(100).where('a token', (token) => token !== ''),
});
type Holder = Read<typeof holder>;

/** More than any file of a holder has. */
const MAX_BYTES = 64 * 1024;
/** The file of a reserved name; while it is made or removed, a random ending follows the name. */
const NAME_FILE = /^[0-9a-f]{32}$/;
const UNFINISHED_FILE = /^[0-9a-f]{32}\.[0-9a-f]{24}$/;
/** Interval of a holder's heartbeat, for hosts that cannot see its process. */
const BEAT_MS = 10_000;
/**
 * A holder whose process cannot be seen counts as ended after so many milliseconds without a
 * heartbeat.
 */
const SILENCE_MS = 120_000;

/**
 * Names that only one process at a time holds, on this machine, across windows and supervisors: one
 * file for each, with its holder inside. Names of a process that has died are free again.
 */
export class FileReservations implements Reservations {
  private readonly self = identify();
  /** Files of the names that are held through this object. */
  private readonly held = new Set<string>();
  private heart: NodeJS.Timeout | undefined;

  constructor(private readonly dir: string) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  }

  take(name: string): (() => void) | null {
    const file = path.join(this.dir, createHash('sha256').update(name).digest('hex').slice(0, 32));
    const token = randomBytes(12).toString('hex');
    // Written elsewhere and linked, so that it is never read half-written.
    const mine = `${file}.${token}`;
    const content: Holder = { ...this.self, token };
    writeFileSync(mine, JSON.stringify(content), { mode: 0o600, flag: 'wx' });
    try {
      for (let attempt = 0; attempt < 3; attempt++) {
        if (tryLink(mine, file)) return this.holding(file, token);
        if (!removeStale(file)) return null;
      }
      return null;
    } finally {
      rmSync(mine, { force: true });
    }
  }

  /**
   * Removes what processes that are gone have left: names that they held, and files that they were
   * just making. Never rejects.
   */
  async sweep(): Promise<void> {
    const loop = new CooperativeLoop();
    for (const name of await readdir(this.dir).catch(() => [])) {
      if (loop.shouldYield) await loop.yield();
      const file = path.join(this.dir, name);
      try {
        if (NAME_FILE.test(name)) {
          if (isAbandoned(file)) removeStale(file);
        } else if (UNFINISHED_FILE.test(name) && isAbandoned(file)) {
          rmSync(file, { recursive: true, force: true });
        }
      } catch {
        // The next window tries again.
      }
    }
  }

  private holding(file: string, token: string): () => void {
    this.held.add(file);
    this.heart ??= setInterval(() => this.beat(), BEAT_MS).unref();
    return () => {
      this.held.delete(file);
      if (this.held.size === 0) {
        clearInterval(this.heart);
        this.heart = undefined;
      }
      release(file, token);
    };
  }

  private beat(): void {
    const now = new Date();
    for (const file of this.held) {
      try {
        utimesSync(file, now, now);
      } catch {
        // Another process has removed the reservation as stale; that cannot be undone.
      }
    }
  }
}

function isAbandoned(file: string): boolean {
  const seen = readHolder(file);
  if (seen === 'missing' || seen === 'unreadable') return false;
  return seen === 'broken' ? isSilent(file) : isGone(seen, file);
}

/** Removes a reservation whose holder has certainly ended. Returns whether to try again. */
function removeStale(file: string): boolean {
  const seen = readHolder(file);
  if (seen === 'missing') return true;
  if (seen === 'unreadable') return false;
  if (seen !== 'broken' && !isGone(seen, file)) return false;
  // Another process may be doing the same: remove only the file that was read.
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
  rmSync(away, { recursive: true, force: true });
  return true;
}

function isGone(seen: Holder, file: string): boolean {
  const liveness = livenessOf(seen);
  return liveness === 'unknown' ? isSilent(file) : liveness === 'gone';
}

function isSilent(file: string): boolean {
  const shown = lstatSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return shown !== undefined && Date.now() - shown > SILENCE_MS;
}

function readHolder(file: string): Holder | 'missing' | 'broken' | 'unreadable' {
  try {
    const read = holder.safeParse(JSON.parse(readBoundedSync(file, MAX_BYTES).toString('utf8')));
    return read.success ? read.data : 'broken';
  } catch (error) {
    const isBroken = error instanceof UnusableFile || error instanceof SyntaxError;
    if (isBroken || code(error) === 'ENXIO') return 'broken';
    return code(error) === 'ENOENT' ? 'missing' : 'unreadable';
  }
}

function release(file: string, token: string): void {
  const seen = readHolder(file);
  if (typeof seen !== 'string' && seen.token === token) rmSync(file, { force: true });
}

/**
 * Makes `file`, unless it is there.
 * @throws system errors other than that it exists
 */
function tryLink(from: string, file: string): boolean {
  try {
    linkSync(from, file);
    return true;
  } catch (error) {
    if (code(error) === 'EEXIST') return false;
    // A file system without links.
    try {
      const content = readBoundedSync(from, MAX_BYTES);
      writeFileSync(file, content, { flag: 'wx', mode: 0o600 });
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
