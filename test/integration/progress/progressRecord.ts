import assert from 'node:assert/strict';
import type { BackupProgress } from '../../../src/core/model/job';
import type { StartTool } from '../../../src/core/jobs/job/startTool';
import { spawnTool } from '../../../src/core/jobs/tool/toolProcess';
import type { GatedProxy } from '../../support/hold/gatedProxy';
import { until } from '../../support/until';
import type { JobHarness } from '../harness/jobHarness';

const PIPE_BYTES = 65_536;

/**
 * Hands a tool's output to the job in `parts` parts, each once the job has reported more than
 * before the part.
 */
export function inParts(parts: number, told: () => number): StartTool {
  return (command, io) => {
    const chunks: Buffer[] = [];
    const tool = spawnTool(command, {
      ...io,
      onChunk: (chunk, from) => {
        if (from === 'stdout') chunks.push(Buffer.from(chunk));
        else io.onChunk(chunk, from);
      },
    });
    const handOver = async (): Promise<void> => {
      // How large the pieces of a pipe are is chance. What would fit into one comes in one.
      const whole = Buffer.concat(chunks);
      const size = Math.max(PIPE_BYTES, Math.ceil(whole.length / parts));
      for (let at = 0; at < whole.length; at += size) {
        const before = told();
        io.onChunk(whole.subarray(at, at + size), 'stdout');
        if (at + size < whole.length) await until(() => told() > before, `byte ${at} is told`);
      }
    };
    return { ...tool, exit: tool.exit.then((exit) => handOver().then(() => exit)) };
  };
}

/** All progress that watchers are told from now on. */
export function record(jobs: Pick<JobHarness, 'manager'>): BackupProgress[] {
  const seen: BackupProgress[] = [];
  jobs.manager.onUpdate((job) => {
    if (job.progress) seen.push(job.progress);
  });
  return seen;
}

/** Holds that a successful job's progress never fell, and did not reach 100 % before its end. */
export function checkForwards(seen: readonly BackupProgress[]): void {
  let percent = 0;
  let rows = 0;
  let bytes = 0;
  seen.forEach((progress, i) => {
    const ended = i === seen.length - 1;
    assert.ok((progress.percent ?? percent) >= percent, `${percent} then ${progress.percent}`);
    assert.ok(ended || (progress.percent ?? 0) < 100, 'done before the end');
    assert.ok((progress.rows ?? rows) >= rows && progress.bytesWritten >= bytes);
    percent = progress.percent ?? percent;
    rows = progress.rows ?? rows;
    bytes = progress.bytesWritten;
  });
  assert.equal(seen.at(-1)?.percent, 100);
  assert.equal(seen.at(-1)?.remainingMs, 0);
  assert.deepEqual(seen.at(-1)?.currentObjects, []);
}

/** Which percents were shown while this was worked on. */
export function percentsWhile(seen: readonly BackupProgress[], object: string): Set<number> {
  return new Set(
    seen
      .filter(({ currentObjects }) => currentObjects.includes(object))
      .map(({ percent }) => percent)
      .filter((percent) => percent !== null),
  );
}

/**
 * Lets a tool that reads through the gate go on, step by step, each time when more was told of it
 * than at the step before, and then to its end. All steps together are less than it reads.
 */
export async function passGate(
  proxy: GatedProxy,
  { steps, stepBytes }: { steps: number; stepBytes: number },
  told: () => number | null | undefined,
): Promise<void> {
  let before = -1;
  for (let step = 0; step < steps; step++) {
    await until(() => proxy.holds && (told() ?? -1) > before, `step ${step} is told`);
    before = told() ?? before;
    proxy.letThrough(stepBytes);
  }
  proxy.letThrough(Infinity);
}
