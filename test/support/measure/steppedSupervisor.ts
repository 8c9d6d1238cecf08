import { readdirSync, readFileSync, rmSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JobStep } from '../../../src/core/jobs/job/steps';
import { repoPaths } from '../repoPaths';

/** What a supervisor has left about its job. */
export interface SteppedJob {
  /** Milliseconds of the epoch at which its process began. */
  readonly began: number;
  /** Milliseconds of the epoch at which the job came to each step, for the first time. */
  readonly steps: Partial<Record<JobStep, number>>;
  /** Milliseconds of the epoch at which the process ended. */
  readonly ended: number;
  /** Processor seconds of its guard, for which nobody waits. */
  readonly guardSeconds: number;
}

/**
 * The product's supervisor, which writes down at its end when it came to which step. It needs a
 * script of its own because a supervisor takes neither arguments nor variables.
 */
export class SteppedSupervisor {
  readonly script: string;
  private readonly notes: string;

  /** `dir`: absolute, for the script and the notes. */
  constructor(dir: string) {
    this.notes = path.join(dir, 'steps');
    mkdirSync(this.notes, { recursive: true });
    this.script = path.join(dir, 'stepped.js');
    const supervisor = path.join(repoPaths.root, 'dist/supervisor.js');
    writeFileSync(this.script, scriptText(this.notes, supervisor));
  }

  /** What supervisors that have ended have left; it is removed. */
  take(): SteppedJob[] {
    return readdirSync(this.notes).map((name) => {
      const file = path.join(this.notes, name);
      const job = JSON.parse(readFileSync(file, 'utf8')) as SteppedJob;
      rmSync(file);
      return job;
    });
  }
}

function scriptText(notes: string, supervisor: string): string {
  return `
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
function guardSeconds() {
  let ticks = 0;
  for (const name of process.platform === 'linux' ? readdirSync('/proc') : []) {
    try {
      const stat = readFileSync('/proc/' + name + '/stat', 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(fields[1]) === process.pid) ticks += Number(fields[11]) + Number(fields[12]);
    } catch {}
  }
  return ticks / 100;
}
process.on('exit', () => {
  const began = performance.timeOrigin;
  const steps = {};
  for (const { name, startTime } of performance.getEntriesByType('mark')) steps[name] ??= began + startTime;
  if (steps.startReceived === undefined) return;
  const ended = began + performance.now();
  const file = ${JSON.stringify(notes)} + '/' + process.pid;
  writeFileSync(file, JSON.stringify({ began, steps, ended, guardSeconds: guardSeconds() }));
});
require(${JSON.stringify(supervisor)});
`;
}
