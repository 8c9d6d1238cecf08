import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { getBackupInfo } from '../../../src/core/archive/inspect/backupInfo';
import { isMemberName } from '../../../src/core/archive/file/memberNames';
import { readToc } from '../../../src/core/archive/file/tocReader';
import { VerifyProblems } from '../../../src/core/backups/manifest/problems';
import { readArchiveData } from '../../../src/core/backups/verify/readArchiveData';
import { storedData, unpackStored } from '../../../src/core/archive/data/storedData';
import { verifyStructure } from '../../../src/core/backups/verify/verifyStructure';
import { AppError } from '../../../src/core/errors';
import { seededRandom } from '../../support/seededRandom';
import { fixture, fixtureNames, scratch } from '../archive/files';

/** Of each fixture; `MUTATIONS` makes it more, `SEED` others. */
const RUNS = Number(process.env['MUTATIONS'] ?? 3);
const SEED = Number(process.env['SEED'] ?? 20_261_126);

type Random = () => number;

/** What was done, and whether bytes are missing afterwards that were there before. */
interface Mutation {
  what: string;
  lost: boolean;
}

function pick<T>(random: Random, of: readonly T[]): T {
  const found = of[Math.floor(random() * of.length)];
  assert.ok(found !== undefined);
  return found;
}

function mutateBytes(file: string, random: Random, others: readonly string[]): Mutation {
  const bytes = readFileSync(file);
  const at = Math.floor(random() * bytes.length);
  const name = path.basename(file);
  switch (Math.floor(random() * 5)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      writeFileSync(file, flipped);
      return { what: `flip ${name} at ${at}`, lost: false };
    }
    case 1:
      writeFileSync(file, bytes.subarray(0, at));
      return { what: `cut ${name} to ${at}`, lost: at < bytes.length };
    case 2:
      writeFileSync(file, Buffer.alloc(0));
      return { what: `empty ${name}`, lost: bytes.length > 0 };
    case 3:
      writeFileSync(file, Buffer.concat([bytes, bytes.subarray(at)]));
      return { what: `append to ${name} from ${at}`, lost: false };
    default: {
      const other = pick(random, others);
      const taken = readFileSync(other);
      writeFileSync(file, taken);
      return { what: `${name} is ${path.basename(other)}`, lost: false };
    }
  }
}

/** Everything that a restore would put into tables and large objects. */
async function contents(archive: string): Promise<Map<string, string>> {
  const toc = await readToc(archive);
  const found = new Map<string, string>();
  for await (const data of storedData(toc, { onMissing: () => undefined })) {
    const hash = createHash('sha256');
    for await (const piece of unpackStored(data)) hash.update(piece);
    const owner = `${toc.dumpId(data.index)} ${data.oid ?? ''}`;
    found.set(owner, hash.digest('hex'));
  }
  return found;
}

/** Of both levels that read files alone; null = it is refused as no backup at all. */
async function judge(archive: string): Promise<{ passed: boolean; structure: boolean } | null> {
  try {
    const problems = new VerifyProblems();
    await verifyStructure(archive, null, problems);
    const structure = problems.count === 0;
    const full = new VerifyProblems();
    const { toc } = await verifyStructure(archive, null, full, { alone: false });
    if (toc && full.count === 0) await readArchiveData(toc, full, {});
    return { structure, passed: full.count === 0 && toc !== null };
  } catch (error) {
    if (AppError.is(error)) return null;
    throw error;
  }
}

async function completeOf(archive: string): Promise<boolean | null> {
  return (
    await getBackupInfo(archive).catch((error: unknown) => {
      if (AppError.is(error)) return { complete: false };
      throw error;
    })
  ).complete;
}

/**
 * Data whose end nothing tells: uncompressed contents of a large object in a file of its own, and no
 * bytes at all where an empty one leaves none.
 */
function isOpenEnded(file: string): boolean {
  const name = path.basename(file);
  return (
    /^blob_\d+\.dat(\.lz4|\.zst)?$/.test(name) && (/\.dat$/.test(name) || !statSync(file).size)
  );
}

describe('archives with seeded mutations', function () {
  this.timeout(60_000 + RUNS * 4_000);
  const files = scratch();

  for (const name of fixtureNames(/\.(dump|dir|tar)$/)) {
    it(`${name}: nothing that lacks data is whole, nothing checked differs (seed ${SEED})`, async () => {
      const random = seededRandom(SEED + name.length * 7919 + (name.codePointAt(5) ?? 0));
      const original = fixture(name);
      const before = await contents(original);
      const directory = statSync(original).isDirectory();
      const copy = path.join(files.dir, name);
      for (let run = 0; run < RUNS; run++) {
        rmSync(copy, { recursive: true, force: true });
        cpSync(original, copy, { recursive: true });
        const members = directory
          ? readdirSync(copy)
              .filter(isMemberName)
              .map((member) => path.join(copy, member))
          : [copy];
        const file = pick(random, members);
        const others = directory ? members : [fixture('mini.16.dump'), fixture('mini.15.tar')];
        const { what, lost } = mutateBytes(file, random, others);
        const shown = `seed ${SEED}, run ${run}: ${what}`;
        const complete = await completeOf(copy);
        const judged = await judge(copy);
        if (lost) assert.notEqual(complete, true, `complete: yes, ${shown}`);
        if (lost && !isOpenEnded(file)) {
          assert.notEqual(judged?.structure, true, `structure passed, ${shown}`);
          assert.notEqual(judged?.passed, true, `full read passed, ${shown}`);
        }
        // What has checksums of its own cannot have changed in place and pass.
        const vouched = /^mini\.\d\d\.(dump|dir)$/.test(name);
        const inPlace = what.startsWith('flip') || what.startsWith('append');
        if (judged?.passed === true && vouched && inPlace) {
          assert.deepEqual(await contents(copy), before, `rows differ, ${shown}`);
        }
      }
    });
  }
});
