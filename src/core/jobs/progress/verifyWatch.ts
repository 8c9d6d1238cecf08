import type { VerifyLevel } from '../../forms/options';
import type { JobRun } from '../jobContext';
import { WorkModel, type WorkUnit } from './workModel';

/** While nothing else is new, the time left still is. */
const TICK_MS = 1000;
/** First guesses in seconds for each byte of the backup; what is observed soon counts more. */
const PER_BYTE = { checksums: 0.7e-9, rows: 10e-9, tool: 10e-9, restore: 100e-9 };

/** What a verification does, one after the other. */
export type VerifyStep = keyof typeof PER_BYTE;

/** How far a verification is. A trial restore has a measure of its own once it has begun. */
export class VerifyWatch {
  private readonly model = new WorkModel([1, 1, 1]);
  private readonly units = new Map<VerifyStep, WorkUnit>();
  private bytesBefore = 0;
  private bytes = 0;

  /** @param sizeBytes of the backup */
  constructor(
    private readonly run: JobRun,
    level: VerifyLevel,
    sizeBytes: number,
    hasManifest: boolean,
  ) {
    const steps: VerifyStep[] = hasManifest ? ['checksums'] : [];
    if (level !== 'structure') steps.push('rows');
    if (level === 'fullRead') steps.push('tool');
    if (level === 'trialRestore') steps.push('restore');
    for (const [stage, step] of steps.entries()) {
      const seconds = 0.01 + sizeBytes * PER_BYTE[step];
      const kind = step === 'rows' ? 'data' : step === 'checksums' ? 'definition' : 'index';
      this.units.set(step, this.model.add({ key: step, kind, seconds, size: sizeBytes, stage }));
    }
    if (steps.length > 0) run.record.progress.setModel(this.model);
    const timer = setInterval(() => run.record.touch(), TICK_MS);
    run.cleanups.push(() => clearInterval(timer));
  }

  begin(step: VerifyStep): void {
    const unit = this.units.get(step);
    this.bytesBefore += this.bytes;
    this.bytes = 0;
    if (unit) this.model.begin(unit, this.run.record.progress.seconds);
  }

  /** So many bytes of `expected` have been read in this step. */
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
}
