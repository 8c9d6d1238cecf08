import type { CatalogRelation } from '../../../model/catalog';
import type { ServerProgress } from '../../../catalog/progressQueries';
import { relationKey } from '../../../forms/selection/catalogIndex';
import { isJoined, writtenFormat, type BackupOptions, type TableRef } from '../../../model/options';
import {
  dumpedBytes,
  dumpSeconds,
  finishSeconds,
  largeObjectSeconds,
  packedBytes,
  readingSeconds,
  USUAL_OBJECT_BYTES,
  type TableFacts,
} from '../../../forms/backup/dumpCosts';
import { factsOfTables, type DumpContents } from '../../../forms/backup/dumpContents';
import type { ProgressTracker } from '../../job/progressTracker';
import type { TableSample } from '../../../model/estimates/estimate';
import { WorkModel } from '../estimate/workModel';
import { type UnitTime, type WorkUnit } from '../estimate/workUnit';

/** Label of the large objects in place of a table's name: PostgreSQL's own word. */
export const LARGE_OBJECTS = 'LARGE OBJECTS';

/**
 * When the tables that are left hold no more than this share of the work, all rows count as dumped:
 * the lines about these tables may have been missed.
 */
const UNSAID_SHARE = 0.01;

/** More pieces than this are not looked through at each line of the tool, but at this interval. */
const LOOKED_THROUGH_ALWAYS = 500;
const LOOK_THROUGH_SECONDS = 0.5;

/** Up to a look at the output this share of the time must have passed, or it says too little. */
const FRESH_SHARE = 0.5;

/** How often pg_dump waits for an answer, for each table and for each large object. */
const TABLE_TRIPS = 2;
const OBJECT_TRIPS = 3;

/** pg_dump 17 and newer dump large objects in groups of so many. */
const OBJECTS_OF_GROUP = 1000;

/** Names what the large objects took in the output, among the times of a run. */
const OBJECTS_OUTPUT = 'LARGE OBJECTS output';

const READING = 0;
const DATA = 1;
const FINISH = 2;

interface TableWork {
  unit: WorkUnit;
  facts: TableFacts;
  /** The server's last count. */
  seenRows: number;
  seenBytes: number;
  outputBytes: number;
  /** Share of the output's growth that is ascribed to this table. */
  grown: number;
}

/**
 * Names a table among the times of a run. Its form is on users' disks: another one would make the next
 * backup of each of them forget what its tables took.
 */
function timesKey({ schema, name }: TableRef): string {
  return JSON.stringify([schema, name]);
}

/** A dump as work: what its tables weigh, and how far they are. */
export class DumpWorkload {
  readonly model: WorkModel;
  private readonly reading: WorkUnit;
  private readonly finish: WorkUnit;
  private readonly largeObjects: WorkUnit | null;
  /** By `schema.name`, as pg_dump prints it; in rare cases two tables have one label. */
  private readonly byLabel = new Map<string, TableWork[]>();
  private readonly byKey = new Map<string, TableWork>();
  private lastOutput = 0;
  /** When that was its size. */
  private lastOutputAt = 0;
  /** When it was last seen whether all data are there. */
  private lookedThroughAt = -Infinity;
  /** Size of the output when the large objects were begun; null = they were not. */
  private outputBefore: number | null = null;
  /** Bytes that the large objects are expected to take in the output. */
  private packedObjects: number;
  /** pg_dump 17 and newer dump large objects by the thousand. */
  private readonly groups: number;
  private groupsDone = 0;

  constructor(
    private readonly tracker: Pick<ProgressTracker, 'seconds' | 'setCopied'>,
    private readonly options: BackupOptions,
    contents: DumpContents,
    toolMajor: number,
  ) {
    this.groups = toolMajor >= 17 ? Math.ceil(contents.largeObjects / OBJECTS_OF_GROUP) : 1;
    this.model = new WorkModel([1, Math.max(1, options.jobs), 1]);
    const { model } = this;
    this.reading = model.add({
      key: 'reading',
      kind: 'connect',
      seconds: readingSeconds(contents.relations),
      size: 0,
      stage: READING,
    });
    const largeObjectBytes = contents.largeObjects * USUAL_OBJECT_BYTES;
    this.packedObjects = packedBytes(largeObjectBytes, options);
    let outputBytes = 0;
    const allFacts = factsOfTables(contents.tables, new Map());
    for (const [i, table] of contents.tables.entries()) {
      const facts = allFacts[i];
      if (!facts) continue;
      const seconds = dumpSeconds(facts, options);
      const { bytes: size } = table;
      const plan = {
        key: timesKey(table),
        kind: 'data',
        seconds,
        size,
        carried: facts.textBytes,
        trips: TABLE_TRIPS,
      } as const;
      const unit = model.add({ ...plan, stage: DATA });
      const output = { outputBytes: dumpedBytes(facts, options), grown: 0 };
      const work: TableWork = { unit, facts, seenRows: 0, seenBytes: 0, ...output };
      outputBytes += work.outputBytes;
      this.byKey.set(relationKey(table), work);
      const label = `${table.schema}.${table.name}`;
      this.byLabel.set(label, [...(this.byLabel.get(label) ?? []), work]);
    }
    this.largeObjects = this.addLargeObjects(contents.largeObjects, largeObjectBytes);
    this.finish = model.add({
      key: 'finish',
      kind: 'finish',
      seconds: contents.isPart === true ? 0 : this.finishSeconds(contents, outputBytes),
      size: outputBytes,
      stage: FINISH,
    });
    model.begin(this.reading, tracker.seconds);
  }

  /** All of them together; null where there are none. */
  private addLargeObjects(count: number, bytes: number): WorkUnit | null {
    if (count === 0) return null;
    const seconds = largeObjectSeconds(count, bytes, this.options);
    const plan = { key: LARGE_OBJECTS, kind: 'largeObjects', seconds, size: count } as const;
    return this.model.add({ ...plan, carried: bytes, trips: count * OBJECT_TRIPS, stage: DATA });
  }

  private finishSeconds({ tables, largeObjects }: DumpContents, bytes: number): number {
    const files =
      writtenFormat(this.options) === 'directory' ? tables.length + largeObjects + 2 : 1;
    return finishSeconds(bytes, this.options, files);
  }

  /** When the last data are there, pg_dump makes sure that they are on the disk, and says nothing. */
  private flushWhenDone(at: number): void {
    if (!this.reading.done || this.finish.running || this.finish.done) return;
    const isCheap = this.model.units.length <= LOOKED_THROUGH_ALWAYS;
    if (!isCheap && at - this.lookedThroughAt < LOOK_THROUGH_SECONDS) return;
    this.lookedThroughAt = at;
    let all = 0;
    let left = 0;
    for (const { plan, seconds, running, done } of this.model.units) {
      if (plan.stage !== DATA) continue;
      if (running) return;
      all += seconds;
      if (!done) left += seconds;
    }
    if (left <= all * UNSAID_SHARE) this.model.begin(this.finish, at);
  }

  /** Returns whether most of the work was known from an earlier run. */
  remember(times: readonly UnitTime[]): boolean {
    const output = times.find(({ key }) => key === OBJECTS_OUTPUT);
    if (output) this.packedObjects = output.size;
    return this.model.remember(times);
  }

  /** Corrects the costs of tables by samples of their rows; those that are remembered keep their times. */
  refine(samples: ReadonlyMap<string, TableSample>, tables: readonly CatalogRelation[]): void {
    const allFacts = factsOfTables(tables, samples);
    for (const [i, table] of tables.entries()) {
      const key = relationKey(table);
      const work = this.byKey.get(key);
      const facts = allFacts[i];
      if (!work || !facts) continue;
      // Where the number of rows is not known, what was measured was a share of other bytes.
      if (facts.rows === 0) this.model.measureAnew(work.unit);
      work.facts = facts;
      work.outputBytes = dumpedBytes(facts, this.options);
      this.model.replan(work.unit, dumpSeconds(facts, this.options), facts.textBytes);
    }
  }

  /** Bytes of all large objects on disk. */
  setLargeObjectBytes(bytes: number): void {
    if (!this.largeObjects || this.largeObjects.remembered) return;
    const { size: count } = this.largeObjects.plan;
    this.packedObjects = packedBytes(bytes, this.options);
    this.model.replan(this.largeObjects, largeObjectSeconds(count, bytes, this.options), bytes);
  }

  /** `label` as pg_dump says it. */
  begin(label: string, at: number): void {
    this.model.end(this.reading, at);
    // Workers start with several at once; the leader reports which are done.
    const serial = this.options.jobs <= 1;
    if (serial && label === LARGE_OBJECTS && this.largeObjects?.running === true) this.groupDone();
    const unit = this.unitOf(label, (candidate) => !candidate.done && !candidate.running);
    if (unit) this.model.begin(unit, at);
  }

  end(label: string, at: number): void {
    if (label === LARGE_OBJECTS && this.groupDone()) return;
    const unit = this.unitOf(label, (candidate) => candidate.running);
    if (unit) this.model.end(unit, at);
    this.flushWhenDone(at);
  }

  /** Do as good as all data seem to be written? */
  get isWritten(): boolean {
    return this.finish.running || this.finish.done;
  }

  /** The tool is done; what is left is the job's own work on the output. */
  finishing(): void {
    this.model.beginLast(this.finish, this.tracker.seconds);
  }

  /** Closes what is still open and returns what each piece took, for the next run. */
  times(): UnitTime[] {
    this.model.end(this.finish, this.tracker.seconds);
    const { largeObjects, outputBefore, lastOutput } = this;
    const times = this.model.times();
    if (!largeObjects || outputBefore === null) return times;
    const { spent } = largeObjects;
    return [...times, { key: OBJECTS_OUTPUT, seconds: spent, size: lastOutput - outputBefore }];
  }

  /** The server's report about the tool's sessions. */
  server({ copies }: ServerProgress): void {
    const now = this.tracker.seconds;
    this.endUnseen(copies, now);
    for (const { schema, table, rows, bytes } of copies) {
      if (schema === null || table === null) continue;
      const work = this.byKey.get(relationKey({ schema, name: table }));
      if (!work) continue;
      work.seenRows = Math.max(work.seenRows, rows);
      work.seenBytes = Math.max(work.seenBytes, bytes);
      const { facts } = work;
      // Rows are the better measure where their number is known.
      if (facts.rows > 0) this.model.measure(work.unit, rows, facts.rows, now);
      else this.model.measure(work.unit, bytes, facts.textBytes, now);
    }
    let allRows = 0;
    let allBytes = 0;
    for (const work of this.byKey.values()) {
      const { unit, facts, seenRows, seenBytes } = work;
      if (!unit.done) {
        allRows += seenRows;
        allBytes += seenBytes;
      } else {
        // Rows after the last look are estimated.
        allRows += Math.max(seenRows, facts.rows);
        const perRow = seenRows > 0 ? seenBytes / seenRows : facts.textBytes / (facts.rows || 1);
        allBytes += Math.max(seenBytes, perRow * facts.rows);
      }
    }
    this.tracker.setCopied(allRows, allBytes);
  }

  /**
   * A single pg_dump process reports the end of a table only by beginning the next, and never that
   * of the last.
   */
  private endUnseen(copies: ServerProgress['copies'], now: number): void {
    if (this.options.jobs > 1) return;
    for (const { unit, facts, seenRows } of this.byKey.values()) {
      if (!unit.running || seenRows < facts.rows * 0.5 || seenRows === 0) continue;
      if (copies.length === 0) this.model.end(unit, now);
    }
    this.flushWhenDone(now);
  }

  /**
   * The output's growth: no server reports how far large objects are, nor those before 14 how far a
   * table is.
   */
  outputGrew(bytes: number, tellsTables: boolean): void {
    // A tar archive grows after each table.
    if (this.options.format === 'tar') return;
    const now = this.tracker.seconds;
    const before = this.lastOutput;
    const growth = Math.max(0, bytes - before);
    // The files of a directory go one by one while they are joined.
    if (isJoined(this.options) && this.finish.running) {
      this.model.measure(this.finish, this.lastOutput - bytes, this.lastOutput, now);
    }
    this.lastOutput = before + growth;
    this.lastOutputAt = now;
    this.largeObjectsGrew(before, now);
    if (tellsTables) return;
    const running = [...this.byKey.values()].filter(({ unit }) => unit.running);
    const expected = running.reduce((sum, work) => sum + work.outputBytes, 0);
    // How much larger than expected: the prior is worth a few megabytes.
    const done = [...this.byKey.values()].filter(({ unit }) => unit.done);
    const doneExpected = done.reduce((sum, work) => sum + work.outputBytes, 0);
    const doneGrown = done.reduce((sum, work) => sum + work.grown, 0);
    const prior = 4 << 20;
    const scale = (doneGrown + prior) / (doneExpected + prior);
    for (const work of running) {
      if (expected > 0) work.grown += (growth * work.outputBytes) / expected;
      this.model.measure(work.unit, work.grown, work.outputBytes * scale, now);
    }
  }

  private largeObjectsGrew(before: number, now: number): void {
    const { largeObjects, options } = this;
    // A directory has a file for each of them, and others work at the same time.
    if (!largeObjects?.running || writtenFormat(options) === 'directory') return;
    this.outputBefore ??= before;
    this.model.measure(largeObjects, this.lastOutput - this.outputBefore, this.packedObjects, now);
  }

  /** The output has `count` large objects: a directory has a file for each. */
  largeObjectFiles(count: number): void {
    if (!this.largeObjects) return;
    const { size: all } = this.largeObjects.plan;
    this.model.measure(this.largeObjects, count, all, this.tracker.seconds);
  }

  /** One thousand of large objects is done; returns whether there are more. */
  private groupDone(): boolean {
    this.groupsDone++;
    const now = this.tracker.seconds;
    const { largeObjects, outputBefore } = this;
    if (largeObjects) {
      const { size: all } = largeObjects.plan;
      const done = Math.min(all, this.groupsDone * OBJECTS_OF_GROUP);
      const grown = this.lastOutput - (outputBefore ?? this.lastOutput);
      // The size was looked at a while ago: much may have been written since.
      const { openSince } = largeObjects;
      const seen = openSince === null ? 0 : this.lastOutputAt - openSince;
      const fresh = openSince !== null && seen > FRESH_SHARE * (now - openSince);
      if (grown > 0 && fresh) {
        // What these took in the output tells what all take: better than the size on disk does.
        this.packedObjects = (grown * (now - openSince) * all) / (seen * done);
        this.model.measureAnew(largeObjects);
      }
      this.model.measure(largeObjects, done, all, now);
    }
    return this.groupsDone < this.groups;
  }

  private unitOf(label: string, fits: (unit: WorkUnit) => boolean): WorkUnit | null {
    if (label === LARGE_OBJECTS) return this.largeObjects;
    const all = this.byLabel.get(label) ?? [];
    return all.find(({ unit }) => fits(unit))?.unit ?? null;
  }
}
