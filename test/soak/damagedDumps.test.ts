/**
 * Damaged dumps, each opened and used as the editor does it. In threads of their own, which can be
 * ended: a hang is told with the round that made it. This file is its own worker.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { cpuTime } from '../support/measure/cpuTime';
import { seededRandom } from '../support/seededRandom';
import { soak } from '../support/tiers/soak';
import { smallArchive, smallScript, useBytes, useDump } from '../unit/archive/documents/useDump';
import { fixture, scratch } from '../unit/archive/files';

const { seed } = soak;
const rounds = soak.rounds(500);
const threads = 2;
/** Of processor time, which the threads use together; a round takes some ms. */
const longestMs = 2000;
/** A round that does not even use the processor. */
const deadMs = 60_000;
const maxHeapMb = 128;
const maxBuffersMb = 160;

interface Task {
  seed: number;
  from: number;
  to: number;
  dir: string;
}

interface Report {
  slowest: { round: number; ms: number };
  buffersMb: number;
}

/** The n-th damaged dump is the same in whatever thread it is made. */
function damaged(originals: readonly Buffer[], round: number, base: number): Buffer {
  const random = seededRandom(base + round);
  const below = (limit: number): number => Math.floor(random() * limit);
  const bytes = Buffer.from(originals[round % originals.length]!);
  const flips = 1 + below(6);
  for (let i = 0; i < flips; i++) {
    // A bit, a byte, or what numbers end in: all of these are met in real damage.
    const at = below(bytes.length);
    bytes[at] = [bytes[at]! ^ (1 << below(8)), below(256), 0, 0x7f, 0xff][below(5)]!;
  }
  return random() < 0.1 ? bytes.subarray(0, below(bytes.length)) : bytes;
}

function dumps(): Buffer[] {
  return [
    smallArchive({}),
    smallArchive({ withoutOffsets: true }),
    smallArchive({ minor: 14 }),
    smallArchive({ compressed: true }),
    smallScript(),
  ];
}

async function work({ seed: base, from, to, dir }: Task): Promise<Report> {
  const originals = dumps();
  const report: Report = { slowest: { round: -1, ms: 0 }, buffersMb: 0 };
  for (let round = from; round < to; round++) {
    parentPort?.postMessage(round);
    const start = cpuTime();
    const bytes = damaged(originals, round, base);
    await useBytes(bytes);
    // Files are slow to write: some of them show that they make no difference.
    if (round % 50 === 0) await useDump(dir, bytes);
    const ms = cpuTime() - start;
    if (ms > report.slowest.ms) report.slowest = { round, ms };
    report.buffersMb = Math.max(report.buffersMb, process.memoryUsage().arrayBuffers / 1e6);
  }
  return report;
}

/** Runs a share of the rounds in a thread, and ends it when it makes no headway. */
function inThread(task: Task): Promise<Report> {
  const worker = new Worker(__filename, {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
  });
  let round = task.from;
  return new Promise<Report>((resolve, reject) => {
    let since = { work: cpuTime(), at: performance.now() };
    const watch = setInterval(() => {
      const hangs = cpuTime() - since.work > 5 * longestMs || performance.now() - since.at > deadMs;
      if (hangs) reject(new Error(`seed ${seed}, round ${round}: hangs`));
    }, 100);
    const end = (): void => clearInterval(watch);
    worker.on('message', (message: number | Report) => {
      if (typeof message === 'number') {
        round = message;
        since = { work: cpuTime(), at: performance.now() };
      } else {
        end();
        resolve(message);
      }
    });
    worker.on('error', (error) => {
      end();
      reject(new Error(`seed ${seed}, round ${round}: ${error.stack ?? error.message}`));
    });
  }).finally(() => void worker.terminate());
}

if (isMainThread) {
  describe('Damaged dumps', () => {
    const files = scratch();

    it(`of ${rounds} kinds are used without a crash, a hang or much memory (seed ${seed})`, async () => {
      const share = Math.ceil(rounds / threads);
      const reports = await Promise.all(
        Array.from({ length: threads }, (_, thread) =>
          inThread({
            seed,
            from: thread * share,
            to: Math.min(rounds, (thread + 1) * share),
            dir: files.dir,
          }),
        ),
      );
      for (const { slowest, buffersMb } of reports) {
        assert.ok(slowest.ms < longestMs, `seed ${seed}, round ${slowest.round}: ${slowest.ms} ms`);
        assert.ok(buffersMb < maxBuffersMb, `${buffersMb} MB of buffers`);
      }
    });

    const step = soak.isLong ? 1 : 17;
    it(`cut at every ${step > 1 ? `${step}th ` : ''}byte are used as well`, async () => {
      for (const [index, bytes] of dumps().entries()) {
        for (let length = index; length < bytes.length; length += step) {
          await useBytes(bytes.subarray(0, length));
        }
      }
    });

    it(`of real tools, flipped anywhere, are used as well (seed ${seed})`, async () => {
      const originals = [
        'mini.17.lz4.dump',
        'mini.17.zstd.dump',
        'mini.13.dump',
        'plain.sql.gz',
      ].map((name) => readFileSync(path.resolve(fixture(name))));
      for (let round = 0; round < soak.rounds(16); round++) {
        await useDump(files.dir, damaged(originals, round, seed));
      }
    });
  });
} else {
  void work(workerData as Task).then((report) => parentPort?.postMessage(report));
}
