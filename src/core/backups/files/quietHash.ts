import { stat } from 'node:fs/promises';
import { fileStamp } from '../../files/fileStamp';
import { hashFile, type KnownHashes } from './hashFiles';
import { LastOffset } from './lastOffset';

/**
 * Milliseconds between looks. Each wakes this process beside the tool: 67 a second took more processor
 * time than the hash of what a quick compression writes meanwhile.
 */
const LOOK_MS = 50;
/** A long job is looked at after this share of its time so far, but at least so often. */
const LOOK_SHARE = 0.01;
const LONGEST_LOOK_MS = 250;
/**
 * Milliseconds that the file has to rest at first. A fast disk takes 130 ms for 250 MB (measured), so
 * a longer rest would leave most of the hash for afterwards.
 */
const REST_MS = 50;
/**
 * The same where the archive itself tells that it is done: longer than the step of a system's clock,
 * within which a write leaves no trace in the times of a file.
 */
const DONE_REST_MS = 20;
/** The same where times are kept in whole seconds, or in two: two writes may have the same time. */
const COARSE_REST_MS = 5000;

/** A file as it was at one moment: whoever writes into it changes one of these. */
interface State {
  readonly key: string;
  /** When it was written to, by the file system's clock, in milliseconds of the epoch. */
  readonly writtenMs: number;
  readonly empty: boolean;
  /** Are its times whole seconds? */
  readonly coarse: boolean;
}

/** A hash that is being computed. */
interface Attempt {
  readonly key: string;
  readonly stop: AbortController;
  /** null = it was stopped, or the file could not be read. */
  readonly done: Promise<Awaited<ReturnType<typeof hashFile>> | null>;
}

/**
 * Computes SHA-256 of a file whose beginning is written last, as pg_dump does with the table of
 * contents of a custom archive: as soon as that is written, while the tool waits until the system has
 * put the file on the disk. Where the file does not tell that, whenever it rests. A hash counts only
 * if nothing was written since it was begun, by size and times of the file.
 */
export class QuietHash {
  private attempt: Attempt | null = null;
  /** The newest state, and when it came about. */
  private seen = { key: '', at: 0 };
  private readonly since = performance.now();
  private lookedAt = this.since;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private ended = false;
  private readonly last: LastOffset;

  /** `file`: absolute; need not be there yet. `restMs`: milliseconds that it has to rest at first. */
  constructor(
    private readonly file: string,
    private restMs = REST_MS,
  ) {
    this.last = new LastOffset(file);
    this.wait(Math.min(LOOK_MS, restMs));
  }

  /** Is the file hashed as it is now? Waits for a hash that is being computed. */
  async isDone(): Promise<boolean> {
    const { attempt } = this;
    return attempt !== null && (await attempt.done) !== null && (await this.isStill(attempt));
  }

  /**
   * To be called when the tool has ended: its checksum, with the key '', or none where the file was
   * not hashed after the last byte was written.
   */
  async finish(): Promise<KnownHashes> {
    await this.endLooks();
    const { attempt } = this;
    if (attempt === null || !(await this.isStill(attempt))) {
      await this.giveUp();
      return new Map();
    }
    const hash = await attempt.done;
    return hash !== null && (await this.isStill(attempt)) ? new Map([['', hash]]) : new Map();
  }

  /** Stops without a result, also what `finish` waits for; the file is closed when it resolves. */
  async stop(): Promise<void> {
    await this.endLooks();
    await this.giveUp();
  }

  private async endLooks(): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    await this.looking;
    await this.last.close();
  }

  /** Looks one after the other: a slow file system is not asked again before it has answered. */
  private wait(ms: number): void {
    this.timer = setTimeout(() => {
      this.looking = this.look().then((pause) => {
        if (!this.ended) this.wait(pause);
      });
    }, ms).unref();
  }

  /** Returns the milliseconds until the next look. */
  private async look(): Promise<number> {
    const share = (performance.now() - this.since) * LOOK_SHARE;
    const usual = Math.min(LONGEST_LOOK_MS, Math.max(LOOK_MS, share));
    const state = await stateOf(this.file);
    if (state === null) return usual;
    if (this.attempt !== null && this.attempt.key !== state.key) {
      // The tool had only paused. It is given longer the next time: little is hashed in vain then.
      this.restMs *= 2;
      await this.giveUp();
    }
    const now = performance.now();
    if (this.seen.key !== state.key) {
      // It was written since the last look; when, its own time tells, if the clocks agree.
      const age = Math.max(0, Date.now() - state.writtenMs);
      this.seen = { key: state.key, at: now - Math.min(age, now - this.lookedAt) };
    }
    this.lookedAt = now;
    if (this.attempt !== null || state.empty) return usual;
    const isDone = await this.last.isWritten();
    if (isDone === false) return usual;
    const enough = isDone === true ? Math.min(DONE_REST_MS, this.restMs) : this.restMs;
    const rest = state.coarse ? Math.max(COARSE_REST_MS, enough) : enough;
    const left = rest - (now - this.seen.at);
    if (left > 0) return Math.min(left, usual);
    const stop = new AbortController();
    const done = hashFile(this.file, stop.signal).catch(() => null);
    this.attempt = { key: state.key, stop, done };
    return usual;
  }

  /** Is the file as it was when the attempt began? */
  private async isStill({ key }: Attempt): Promise<boolean> {
    return (await stateOf(this.file))?.key === key;
  }

  private async giveUp(): Promise<void> {
    this.attempt?.stop.abort();
    await this.attempt?.done;
    this.attempt = null;
  }
}

/** null = it is not there, or cannot be seen. */
async function stateOf(file: string): Promise<State | null> {
  try {
    const found = await stat(file, { bigint: true });
    return {
      key: fileStamp(found),
      writtenMs: Number(found.mtimeNs / 1_000_000n),
      empty: found.size === 0n,
      coarse: found.mtimeNs % 1_000_000_000n === 0n,
    };
  } catch {
    return null;
  }
}
