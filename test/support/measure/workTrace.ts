import { ProgressTracker, type Forecast } from '../../../src/core/jobs/job/progressTracker';
import { trackerAt } from './trackerAt';
import { earlierSpeeds, type EarlierSpeeds } from '../../../src/core/jobs/progress/estimate/speeds';
import { WorkModel } from '../../../src/core/jobs/progress/estimate/workModel';
import type {
  UnitTime,
  WorkKind,
  WorkUnit,
} from '../../../src/core/jobs/progress/estimate/workUnit';

/** What a job told its model, with the seconds since the job began. */
export type WorkEvent =
  /** `moment`: when it happened, where it was told later. */
  | [at: number, does: 'begin' | 'end', unit: number, moment?: number]
  | [at: number, does: 'measure', unit: number, done: number, expected: number]
  | [at: number, does: 'spend', unit: number, seconds: number, share: number]
  | [at: number, does: 'forecast', unit: number, seconds: number | null]
  /** The planned seconds of a unit have been corrected. */
  | [at: number, does: 'cost', unit: number, seconds: number, carried?: number]
  | [at: number, does: 'remember', times: UnitTime[]]
  | [at: number, does: 'speeds', earlier: KnownSpeeds];

/** What earlier jobs on the server showed. */
type KnownSpeeds = Omit<EarlierSpeeds, 'byKind'> & { byKind: [speed: string, ratio: number][] };

/** A run of a job, as its model saw it. */
export interface WorkTrace {
  name: string;
  /** Seconds of the whole job. */
  seconds: number;
  /** Seconds that the job was expected to take, before its model was made; absent = nothing was. */
  planned?: { at: number; seconds: number };
  workers: readonly number[];
  units: {
    key: string;
    kind: WorkKind;
    seconds: number;
    size: number;
    carried?: number;
    method?: string;
    stage: number;
    after: number | null;
  }[];
  events: WorkEvent[];
}

/** Percent and time left as they were shown. */
export interface Shown {
  /** Seconds since the job began. */
  at: number;
  percent: number | null;
  /** Seconds. */
  remaining: number | null;
}

/** How far percent was from the truth, in points, and the time left after the first fifth. */
export interface Judgement {
  mean: number;
  most: number;
  /** Percent of the truth; NaN where nothing was said. */
  left: number;
  /** Share of all looks, 0 to 1, that tell the time left, and that tell it about right. */
  told: number;
  right: number;
}

/** The time left is about right within this share of the truth, or, near the end, these seconds. */
const RIGHT_SHARE = 0.25;
const RIGHT_SECONDS = 0.5;

/**
 * Nothing shown counts as nothing done.
 *
 * @throws Error when percent fell, or was 100 before the end
 */
export function judge(samples: readonly Shown[], seconds: number): Judgement {
  let before = 0;
  let sum = 0;
  let most = 0;
  let told = 0;
  let right = 0;
  for (const { at, percent, remaining } of samples) {
    const shown = percent ?? 0;
    if (shown < before || shown >= 100) throw new Error(`${before} % and then ${shown} %`);
    before = shown;
    const off = Math.abs(shown - (100 * at) / seconds);
    sum += off;
    most = Math.max(most, off);
    if (remaining === null) continue;
    told++;
    const really = seconds - at;
    const near = Math.max(RIGHT_SHARE * really, RIGHT_SECONDS);
    right += Math.abs(remaining - really) <= near ? 1 : 0;
  }
  const fifth = samples.find(({ at }) => at >= seconds / 5);
  const truth = seconds - (fifth?.at ?? NaN);
  const said = fifth?.remaining ?? NaN;
  const { length } = samples;
  const left = (100 * Math.abs(said - truth)) / truth;
  return { mean: sum / length, most, left, told: told / length, right: right / length };
}

/** Milliseconds between two looks, as those of whoever reads the job's record. */
const LOOK_SECONDS = 0.2;

/** What would be shown of a run that went as the trace says. */
export function replay(trace: WorkTrace): Shown[] {
  return follow(trace).shown;
}

/**
 * The same restore, which begins with the speeds that the model learns of this backup, on the same
 * server just before.
 */
export function afterBackup(restore: WorkTrace, backup: WorkTrace): WorkTrace {
  const earlier = earlierSpeeds(follow(backup).model.speeds());
  if (!earlier) return restore;
  const events = restore.events.map((event): WorkEvent => {
    return event[1] === 'speeds' ? [event[0], 'speeds', { ...earlier, byKind: [] }] : event;
  });
  return { ...restore, events };
}

function follow(trace: WorkTrace): { shown: Shown[]; model: WorkModel } {
  let now = 1000;
  const tracker = trackerAt(() => now * 1000);
  const start = now;
  tracker.start();
  const model = new WorkModel(trace.workers);
  const units: WorkUnit[] = [];
  for (const { after, ...plan } of trace.units) {
    units.push(model.add({ ...plan, after: after === null ? null : (units[after] ?? null) }));
  }
  const shown: Shown[] = [];
  const look = (): void => {
    tracker.advance();
    const { percent = null, remainingMs = null } = tracker.snapshot() ?? {};
    const remaining = remainingMs === null ? null : remainingMs / 1000;
    shown.push({ at: now - start, percent, remaining });
  };
  const { planned } = trace;
  let isPlanned = false;
  const pending = [...trace.events];
  for (let at = 0; at < trace.seconds; at += LOOK_SECONDS) {
    if (planned && !isPlanned && planned.at <= at && pending.length === trace.events.length) {
      isPlanned = true;
      const end = start + planned.at + planned.seconds;
      tracker.setModel({
        isFounded: () => false,
        remaining: (seconds) => Math.max(0, end - seconds),
      });
    }
    for (let [event] = pending; event && event[0] <= at; [event] = pending) {
      // A model is made when it is first told something.
      if (pending.length === trace.events.length) tracker.setModel(model);
      pending.shift();
      now = start + event[0];
      apply(model, units, event, { now, start });
    }
    now = start + at;
    look();
  }
  // What came after the last look is shown nowhere, and learned all the same.
  for (const event of pending) {
    now = start + event[0];
    apply(model, units, event, { now, start });
  }
  return { shown, model };
}

function apply(
  model: WorkModel,
  units: WorkUnit[],
  event: WorkEvent,
  { now, start }: { now: number; start: number },
): void {
  if (event[1] === 'remember') {
    model.remember(event[2]);
    return;
  }
  if (event[1] === 'speeds') {
    model.expectSpeeds({ ...event[2], byKind: new Map(event[2].byKind) });
    return;
  }
  const unit = units[event[2]];
  if (!unit) throw new Error(`no unit ${event[2]}`);
  switch (event[1]) {
    case 'begin':
      model.begin(unit, event[3] === undefined ? now : start + event[3]);
      break;
    case 'end':
      model.end(unit, event[3] === undefined ? now : start + event[3]);
      break;
    case 'measure':
      model.measure(unit, event[3], event[4], now);
      break;
    case 'spend':
      model.spend(unit, event[3], event[4], now);
      break;
    case 'forecast':
      model.applyForecast(unit, event[3], now);
      break;
    case 'cost':
      unit.work = event[3] - unit.waits;
      unit.carried = event[4] ?? unit.carried;
      break;
  }
}

/** Records what the next job of this process tells its model; `stop` ends that. */
export function recordWork(): { stop(name: string, seconds: number): WorkTrace } {
  const recorder = new Recorder();
  return {
    stop(name, seconds) {
      recorder.release();
      return recorder.trace(name, seconds);
    },
  };
}

class Recorder {
  private startedAt = performance.now();
  /** The model that percent follows; others, as those of single databases, are not recorded. */
  private model: WorkModel | null = null;
  private planned: WorkTrace['planned'];
  private readonly recordings = new Map<WorkModel, Recording>();
  private readonly originals: (() => void)[] = [];

  constructor() {
    const trackers = ProgressTracker.prototype;
    this.wrap(trackers, 'start', () => void (this.startedAt = performance.now()));
    this.wrap(trackers, 'setModel', (_tracker, [model]) => {
      if (model instanceof WorkModel) this.model ??= model;
      else if (!this.model) this.planned = plannedBy(model as Forecast, this.startedAt);
    });
    for (const method of METHODS) {
      this.wrap(WorkModel.prototype, method, (model, given) => {
        const recording = this.recordings.get(model) ?? new Recording(model, this.startedAt);
        this.recordings.set(model, recording);
        recording.note(method, given);
      });
    }
  }

  private wrap<T extends object>(
    prototype: T,
    method: keyof T & string,
    note: (of: T, given: unknown[]) => void,
  ): void {
    const original = Object.getOwnPropertyDescriptor(prototype, method);
    if (!original) throw new Error(method);
    const call = original.value as (...given: unknown[]) => unknown;
    Object.defineProperty(prototype, method, {
      ...original,
      value(this: T, ...given: unknown[]): unknown {
        note(this, given);
        return call.apply(this, given);
      },
    });
    this.originals.push(() => Object.defineProperty(prototype, method, original));
  }

  release(): void {
    for (const restore of this.originals) restore();
  }

  trace(name: string, seconds: number): WorkTrace {
    const recording = this.model && this.recordings.get(this.model);
    if (!recording) throw new Error('no model');
    const { planned } = this;
    return { ...recording.trace(name, seconds), ...(planned && { planned }) };
  }
}

function plannedBy(plan: Forecast, startedAt: number): WorkTrace['planned'] {
  const now = performance.now();
  return { at: (now - startedAt) / 1000, seconds: plan.remaining(now / 1000) };
}

const METHODS = [
  'begin',
  'end',
  'measure',
  'spend',
  'applyForecast',
  'remember',
  'expectSpeeds',
] as const;

/** What one model was told. */
class Recording {
  private readonly known = new Map<WorkUnit, number>();
  private readonly costs: number[] = [];
  private readonly events: WorkEvent[] = [];

  constructor(
    private readonly model: WorkModel,
    private readonly startedAt: number,
  ) {}

  trace(name: string, seconds: number): WorkTrace {
    const { model, events, known } = this;
    const units = model.units.map(({ plan }) => ({
      ...plan,
      after: plan.after ? (known.get(plan.after) ?? null) : null,
    }));
    return { name, seconds, workers: model.workers, units, events };
  }

  note(method: (typeof METHODS)[number], given: unknown[]): void {
    const { model, known, costs, events, startedAt } = this;
    const at = Math.round(performance.now() - startedAt) / 1000;
    for (let i = known.size; i < model.units.length; i++) {
      const unit = model.units[i];
      if (!unit) continue;
      known.set(unit, i);
      costs[i] = unit.plan.seconds;
    }
    this.noteCosts(at);
    if (method === 'remember') {
      events.push([at, 'remember', structuredClone(given[0] as UnitTime[])]);
      return;
    }
    if (method === 'expectSpeeds') {
      const earlier = given[0] as EarlierSpeeds | null;
      if (earlier) events.push([at, 'speeds', { ...earlier, byKind: [...earlier.byKind] }]);
      return;
    }
    const unit = known.get(given[0] as WorkUnit) ?? -1;
    const [, first, second] = given as [WorkUnit, number, number];
    if (method === 'begin' || method === 'end') {
      const moment = Math.round(first * 1000 - startedAt) / 1000;
      events.push(moment < at - TOLD_LATE ? [at, method, unit, moment] : [at, method, unit]);
    } else if (method === 'applyForecast') events.push([at, 'forecast', unit, first]);
    else if (method === 'measure') events.push([at, method, unit, first, second]);
    else events.push([at, method, unit, first, second]);
  }

  /** What `remember` makes of the costs follows from its times. */
  private noteCosts(at: number): void {
    const { model, events, costs } = this;
    const remembered = events.some(([, does]) => does === 'remember');
    const same = model.units.every(({ remembered: is }) => !is);
    model.units.forEach((unit, i) => {
      if (Math.abs((costs[i] ?? 0) - unit.seconds) < 1e-9) return;
      costs[i] = unit.seconds;
      if (!remembered || same) events.push([at, 'cost', i, unit.seconds, unit.carried]);
    });
  }
}

/** Seconds; what is told sooner was told at once. */
const TOLD_LATE = 0.005;
