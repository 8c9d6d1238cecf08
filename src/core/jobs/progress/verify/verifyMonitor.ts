import type { VerifyLevel } from '../../../model/options';
import type { JobRun } from '../../job/jobContext';
import { keepUpToDate } from '../../job/pace';
import type { Forecast } from '../../job/progressTracker';
import { WorkModel } from '../estimate/workModel';
import { type WorkKind, type WorkUnit } from '../estimate/workUnit';

/** First guesses in seconds for each byte of the backup; what is observed soon counts more. */
const PER_BYTE = { checksums: 0.7e-9, rows: 10e-9, tool: 10e-9, restore: 100e-9, count: 10e-9 };

/** The steps of a verification, in order. */
export type VerifyStep = keyof typeof PER_BYTE;

/** The speeds of different kinds are not comparable. */
const KINDS: Readonly<Record<VerifyStep, WorkKind>> = {
  checksums: 'definition',
  rows: 'data',
  tool: 'index',
  restore: 'foreignKey',
  count: 'finish',
};

/** The steps and sizes of a verification. */
export interface VerifyPlan {
  level: VerifyLevel;
  /** Size of the backup in bytes. */
  sizeBytes: number;
  /** Scripts: no tool reads them without running them. */
  isScript: boolean;
}

function stepsOf({ level, isScript }: VerifyPlan): VerifyStep[] {
  const steps: VerifyStep[] = ['checksums'];
  if (level !== 'structure') steps.push('rows');
  if (level === 'fullRead' && !isScript) steps.push('tool');
  if (level === 'trialRestore') steps.push('restore', 'count');
  return steps;
}

/**
 * How far a verification is. A trial restore is measured by the restore's own model, once it has one:
 * the rows are counted behind it.
 */
export class VerifyMonitor {
  private readonly model: WorkModel;
  private readonly units = new Map<VerifyStep, WorkUnit>();
  private bytesBefore = 0;
  private bytes = 0;

  constructor(
    private readonly run: JobRun,
    plan: VerifyPlan,
  ) {
    const steps = stepsOf(plan);
    const { sizeBytes: size } = plan;
    this.model = new WorkModel(steps.map(() => 1));
    for (const [stage, step] of steps.entries()) {
      const seconds = 0.01 + size * PER_BYTE[step];
      const kind = KINDS[step];
      this.units.set(step, this.model.add({ key: step, kind, seconds, size, stage }));
    }
    const { progress } = run.record;
    if (steps.length > 0) progress.setModel(this.model);
    progress.setModelAround((restore) => this.around(restore));
    keepUpToDate(run);
  }

  begin(step: VerifyStep): void {
    const unit = this.units.get(step);
    this.bytesBefore += this.bytes;
    this.bytes = 0;
    if (unit) this.model.begin(unit, this.run.record.progress.seconds);
  }

  /** `bytes` of `expected` bytes have been read in this step. */
  read(step: VerifyStep, bytes: number, expected: number): void {
    const { progress } = this.run.record;
    const unit = this.units.get(step);
    this.bytes = bytes;
    progress.setBytes(this.bytesBefore + bytes);
    if (unit) this.model.measure(unit, bytes, expected, progress.seconds);
    this.run.record.touch();
  }

  end(step: VerifyStep): void {
    const unit = this.units.get(step);
    if (unit) this.model.end(unit, this.run.record.progress.seconds);
  }

  /** `tables` of `total` tables are counted; they hold `share` of all rows' bytes. */
  counted(tables: number, total: number, share: number): void {
    const { progress } = this.run.record;
    const unit = this.units.get('count');
    progress.setTotal(total);
    progress.setCompleted(tables);
    if (unit) this.model.measure(unit, share, 1, progress.seconds);
    this.run.record.touch();
  }

  private around(restore: Forecast): Forecast {
    const { model } = this;
    const unit = this.units.get('restore');
    const look = (now: number): void => {
      if (!unit) return;
      model.applyForecast(unit, restore.isFounded(now) ? restore.remaining(now) : null, now);
    };
    return {
      isFounded: (now) => {
        look(now);
        return model.isFounded(now);
      },
      remaining: (now) => model.remaining(now),
      get doubt() {
        return restore.doubt ?? 0;
      },
    };
  }
}
