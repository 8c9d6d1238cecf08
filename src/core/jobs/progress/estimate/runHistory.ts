import { createHash, randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { keepNewest, UNFINISHED_ENDING } from '../../../files/boundedFolder';
import { readBounded } from '../../../files/regularFile';
import { writeAtomically } from '../../../files/writeAtomically';
import type { PastRun } from '../../../model/estimates/estimate';
import type { SeenSpeed } from './speeds';
import type { UnitTime } from './workUnit';

/** The pieces that took longest are remembered; the others are expected in proportion. */
const MAX_UNITS = 2000;
/** The jobs that ran last are remembered. */
const MAX_FILES = 200;
/** A larger file was not written by us. */
const MAX_BYTES = 1 << 20;
const ENDING = '.times.json';
const RUNS_ENDING = '.runs.json';
const SPEEDS_ENDING = '.speeds.json';
/** Runs that are remembered of a server. */
const MAX_RUNS = 40;
/** Kinds of work that a server's speeds are remembered of. */
const MAX_SPEEDS = 100;

const content = z.object({
  version: z.literal(1),
  units: z
    .array(
      z.tuple([
        z.string(),
        z.number().check(z.gte(0), z.lte(1e9)),
        z.number().check(z.gte(0), z.lte(1e18)),
      ]),
    )
    .check(z.maxLength(MAX_UNITS)),
});

const figures = z.object({
  bytes: z.number().check(z.gte(0), z.lte(1e18)),
  seconds: z.number().check(z.gte(0), z.lte(1e9)),
});
const pastRuns = z.object({
  version: z.literal(1),
  runs: z
    .array(
      z.object({
        database: z.string(),
        how: z.string(),
        planned: figures,
        sampled: z.nullable(figures),
        real: figures,
        readBytes: z.optional(z.number().check(z.gte(0), z.lte(1e18))),
      }),
    )
    .check(z.maxLength(MAX_RUNS)),
});

const serverSpeeds = z.object({
  version: z.literal(1),
  speeds: z
    .array(
      z.object({
        speed: z.string(),
        seconds: z.number().check(z.gte(0), z.lte(1e9)),
        ratio: z.number().check(z.gte(-20), z.lte(20)),
        perByte: z.nullable(z.number().check(z.gte(0), z.lte(1))),
      }),
    )
    .check(z.maxLength(MAX_SPEEDS)),
});

/** Key by which a job finds its earlier run. It is hashed, so the file's name reveals nothing. */
export function historyKey(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Times of the last run with this key; [] when there is none or its file is damaged. */
export async function readTimes(dir: string | undefined, key: string): Promise<UnitTime[]> {
  const { units } = (await readKept(dir, key + ENDING, content)) ?? { units: [] };
  return units.map(([name, seconds, size]) => ({ key: name, seconds, size }));
}

/**
 * Stores the times of a run in place of the run before, atomically. Failures are ignored: the job
 * itself has succeeded.
 */
export async function writeTimes(
  dir: string | undefined,
  key: string,
  times: readonly UnitTime[],
): Promise<void> {
  if (dir === undefined || times.length === 0) return;
  const longest = [...times].sort((a, b) => b.seconds - a.seconds).slice(0, MAX_UNITS);
  const units: [string, number, number][] = [];
  let length = 0;
  for (const { key: name, seconds, size } of longest) {
    const unit: [string, number, number] = [name, Number(seconds.toPrecision(4)), Math.round(size)];
    length += Buffer.byteLength(JSON.stringify(unit)) + 1;
    if (length > MAX_BYTES / 2) break;
    units.push(unit);
  }
  await replace(dir, key + ENDING, { version: 1, units });
}

/** Backups that went through on a server, the newest last; [] when there are none. */
export async function readRuns(dir: string | undefined, key: string): Promise<PastRun[]> {
  return (await readKept(dir, key + RUNS_ENDING, pastRuns))?.runs ?? [];
}

/** Remembers one more of them. Of two jobs that end at once one may be forgotten. */
export async function addRun(dir: string | undefined, key: string, run: PastRun): Promise<void> {
  if (dir === undefined) return;
  const runs = [...(await readRuns(dir, key)), run].slice(-MAX_RUNS);
  await replace(dir, key + RUNS_ENDING, { version: 1, runs });
}

/** What jobs on a server showed of its speeds; [] when there is nothing. */
export async function readSpeeds(dir: string | undefined, key: string): Promise<SeenSpeed[]> {
  return (await readKept(dir, key + SPEEDS_ENDING, serverSpeeds))?.speeds ?? [];
}

/** Remembers what one more job showed; of kinds that are known already the mean of old and new. */
export async function addSpeeds(
  dir: string | undefined,
  key: string,
  seen: readonly SeenSpeed[],
): Promise<void> {
  if (dir === undefined || seen.length === 0) return;
  const before = await readSpeeds(dir, key);
  const merged = seen.map((now): SeenSpeed => {
    const old = before.find(({ speed }) => speed === now.speed);
    if (!old) return now;
    const known = now.perByte ?? old.perByte;
    const perByte = known === null ? null : ((old.perByte ?? known) + known) / 2;
    return { ...now, ratio: (old.ratio + now.ratio) / 2, perByte };
  });
  const others = before.filter(({ speed }) => !seen.some((now) => now.speed === speed));
  const speeds = [...others, ...merged].slice(-MAX_SPEEDS);
  await replace(dir, key + SPEEDS_ENDING, { version: 1, speeds });
}

/** What a file of the history holds; null when there is none, or it is damaged. */
async function readKept<T>(
  dir: string | undefined,
  name: string,
  shape: z.ZodMiniType<T>,
): Promise<T | null> {
  if (dir === undefined) return null;
  try {
    const bytes = await readBounded(path.join(dir, name), MAX_BYTES);
    return shape.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    return null;
  }
}

/** Writes a file of the history, and removes the oldest of its kind. Failures are ignored. */
async function replace(dir: string, name: string, value: unknown): Promise<void> {
  const ending = name.slice(name.indexOf('.'));
  const partial = path.join(
    dir,
    `${name.slice(0, -ending.length)}.${randomBytes(6).toString('hex')}${UNFINISHED_ENDING}`,
  );
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const how = { partial, mode: 0o600, sync: false };
    await writeAtomically(path.join(dir, name), JSON.stringify(value), how);
    await keepNewest(dir, { ending, most: MAX_FILES, kept: MAX_FILES });
  } catch {
    // The job has done its work.
  }
}
