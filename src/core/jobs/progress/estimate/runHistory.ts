import { createHash, randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { keepNewest, UNFINISHED_ENDING } from '../../../files/boundedFolder';
import { readBounded } from '../../../files/regularFile';
import { writeAtomically } from '../../../files/writeAtomically';
import type { PastRun } from '../../../model/estimates/estimate';
import {
  exactly,
  listOf,
  numberIn,
  object,
  optional,
  orNull,
  text,
  tuple,
  type Shape,
} from '../../../shapes';
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

const seconds = numberIn(0, 1e9);
const bytes = numberIn(0, 1e18);

const content = object({
  version: exactly(1),
  units: listOf(tuple(text, seconds, bytes), MAX_UNITS),
});

const figures = object({ bytes, seconds });
const pastRuns = object({
  version: exactly(1),
  runs: listOf(
    object({
      database: text,
      how: text,
      planned: figures,
      sampled: orNull(figures),
      real: figures,
      readBytes: optional(bytes),
    }),
    MAX_RUNS,
  ),
});

const seenSpeed = object({
  speed: text,
  seconds,
  ratio: numberIn(-20, 20),
  perByte: orNull(numberIn(0, 1)),
});
const serverSpeeds = object({ version: exactly(1), speeds: listOf(seenSpeed, MAX_SPEEDS) });

/** Key by which a job finds its earlier run. It is hashed, so the file's name reveals nothing. */
export function historyKey(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Times of the last run with this key; [] when there is none or its file is damaged. */
export async function readTimes(dir: string | undefined, key: string): Promise<UnitTime[]> {
  const { units } = (await readKept(dir, key + ENDING, content)) ?? { units: [] };
  return units.map(([name, took, size]) => ({ key: name, seconds: took, size }));
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
  for (const { key: name, seconds: took, size } of longest) {
    const unit: [string, number, number] = [name, Number(took.toPrecision(4)), Math.round(size)];
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
  shown: readonly SeenSpeed[],
): Promise<void> {
  // One that is out of all bounds would make all of the file unreadable.
  const seen = shown.filter((speed) => seenSpeed.safeParse(speed).success);
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
  shape: Shape<T>,
): Promise<T | null> {
  if (dir === undefined) return null;
  try {
    const kept = await readBounded(path.join(dir, name), MAX_BYTES);
    return shape.parse(JSON.parse(kept.toString('utf8')));
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
