import type { Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { statAll } from '../../archive/bytes/statAll';
import type { StructureReport } from '../../archive/data/structureReport';
import { quickStamp } from '../../files/fileStamp';
import type { JobRun } from '../job/jobContext';

/**
 * Checks a directory archive whose members seem to be written, while pg_dump puts them on the disk.
 * Returns what gives the report if nothing of it has changed since; null = it is to be checked.
 * Never rejects.
 */
async function checkAhead(
  directory: string,
  signal: AbortSignal,
): Promise<() => Promise<StructureReport | null>> {
  try {
    const before = await stampsOf(directory, signal);
    const { assertWhole } = await import('../../archive/data/checkStructure');
    const report = await assertWhole(directory, { signal, written: true });
    return async () => {
      const now = await stampsOf(directory, signal).catch(() => null);
      return now === before ? report : null;
    };
  } catch {
    return async () => null;
  }
}

/** The check ahead of a job, whose end stops it: a tool that has failed leaves nothing to check. */
export class AheadCheck {
  private readonly stopped = new AbortController();
  private readonly signal: AbortSignal;
  private check: ReturnType<typeof checkAhead> | null = null;

  constructor({ signal, cleanups }: Pick<JobRun, 'signal' | 'cleanups'>) {
    this.signal = AbortSignal.any([signal, this.stopped.signal]);
    cleanups.push(() => {
      this.stopped.abort();
      return this.done();
    });
  }

  begin(directory: string): void {
    this.check ??= checkAhead(directory, this.signal);
  }

  /** Resolves when all is checked, or no more will be. Never rejects. */
  async done(): Promise<void> {
    await this.check;
  }

  /** Waits for the check; null = there was none, or something has changed since. */
  async report(): Promise<StructureReport | null> {
    return (await this.check)?.() ?? null;
  }
}

/** Names, sizes and times of all that is in a directory, as one text. */
async function stampsOf(directory: string, signal: AbortSignal): Promise<string> {
  const stamps: string[] = [];
  const note = (name: string, stats: Stats | undefined): void => {
    stamps.push(`${name} ${stats === undefined ? '' : quickStamp(stats)}`);
  };
  await statAll(directory, (await readdir(directory)).sort(), note, { signal, lenient: true });
  return stamps.join('\n');
}
