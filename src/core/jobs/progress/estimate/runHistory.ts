import { createHash, randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { keepNewest, UNFINISHED_ENDING } from '../../../files/boundedFolder';
import { readBounded } from '../../../files/regularFile';
import { writeAtomically } from '../../../files/writeAtomically';
import type { UnitTime } from './workUnit';

/** The pieces that took longest are remembered; the others are expected in proportion. */
const MAX_UNITS = 2000;
/** The jobs that ran last are remembered. */
const MAX_FILES = 200;
/** A larger file was not written by us. */
const MAX_BYTES = 1 << 20;
const ENDING = '.times.json';

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

/** Key by which a job finds its earlier run. It is hashed, so the file's name reveals nothing. */
export function historyKey(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Times of the last run with this key; [] when there is none or its file is damaged. */
export async function readTimes(dir: string | undefined, key: string): Promise<UnitTime[]> {
  if (dir === undefined) return [];
  try {
    const file = path.join(dir, key + ENDING);
    const bytes = await readBounded(file, MAX_BYTES);
    const { units } = content.parse(JSON.parse(bytes.toString('utf8')));
    return units.map(([name, seconds, size]) => ({ key: name, seconds, size }));
  } catch {
    return [];
  }
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
  const partial = path.join(dir, `${key}.${randomBytes(6).toString('hex')}${UNFINISHED_ENDING}`);
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const how = { partial, mode: 0o600, sync: false };
    await writeAtomically(path.join(dir, key + ENDING), JSON.stringify({ version: 1, units }), how);
    await keepNewest(dir, { ending: ENDING, most: MAX_FILES, kept: MAX_FILES });
  } catch {
    // The job has done its work.
  }
}
