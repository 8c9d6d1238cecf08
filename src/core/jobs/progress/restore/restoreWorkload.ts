import path from 'node:path';
import type { RunningCopy, RunningIndex, ServerProgress } from '../../../catalog/progressQueries';
import type { Toc } from '../../../archive/toc/toc';
import { PARSING_GIN, STATEMENT_SECONDS, usualTable } from './restoreCosts';
import { stageOf, type RestoreEntryCost, type RestoreOutline } from './restoreOutline';
import { carriedOf, isOfData, isOwnPiece, smallKey, smallWork, tripsOf } from './restorePieces';
import type { ReadPosition } from '../../tool/readPosition';
import type { ProgressTracker } from '../../job/progressTracker';
import { WorkModel } from '../estimate/workModel';
import { type UnitTime, type WorkUnit } from '../estimate/workUnit';

/**
 * Most entries that are pieces of work of their own; the others of a stage are one piece together.
 */
const MAX_UNITS = 2000;

/** Share of a table's stored bytes that tells how many rows it has. */
const TELLING_SHARE = 0.1;
/**
 * The piece of the file that was read last is no rows yet, which matters where a few bytes are
 * megabytes of text. Nor are so many bytes of text that are on their way to the server.
 */
const READ_AT_ONCE = 4096;
const ON_THE_WAY = 1e6;
/** More rows than planned by so many times are an error of the measure. */
const MOST_SCALE = 100;

interface EntryWork extends RestoreEntryCost {
  unit: WorkUnit | null;
  openedAt: number | null;
  /** The server's last count. */
  seenRows: number;
  seenBytes: number;
  /** Large objects that were done when its own first one was. */
  objectsBefore: number | null;
  /** Share of its large objects that are done; null = not known. */
  objectShare: number | null;
  /** Share of its stored bytes that were read; null = not known. */
  readShare: number | null;
  /** Its progress is the read position within its data. */
  watched: boolean;
  /** How many times as many rows as planned its table has. */
  scale: number;
}

const UNTOUCHED = {
  unit: null,
  openedAt: null,
  seenRows: 0,
  seenBytes: 0,
  objects: 0,
  objectsBefore: null,
  objectShare: null,
  readShare: null,
  watched: false,
  scale: 1,
  size: 0,
  tableIndex: null,
  afterIndex: null,
  textBytes: 0,
  rows: null,
} as const;

/** A restore as work: what its entries weigh, and how far they are. */
export class RestoreWorkload {
  readonly model: WorkModel;
  private readonly entries = new Map<number, EntryWork>();
  private readonly small = new Map<string, { unit: WorkUnit; seconds: number }>();
  private readonly connect: WorkUnit;
  private readonly running = new Set<EntryWork>();
  private tables: Map<number, EntryWork[]> | null = null;
  private largeObjectsDone = 0;
  private finishedBytes = 0;
  private rowsDone = 0;
  private dataBytesDone = 0;

  constructor(
    private readonly tracker: ProgressTracker,
    private readonly toc: Toc,
    outline: RestoreOutline,
    jobs: number,
  ) {
    const parallel = jobs > 1;
    // The leader creates what comes before the data; workers do the rest; the leader restores the
    // last stage when they are done.
    this.model = new WorkModel(parallel ? [1, 1, jobs, jobs, 1] : [1, 1, 1, 1, 1]);
    const { model } = this;
    this.connect = model.add({ key: 'connect', kind: 'connect', seconds: 0.05, size: 0, stage: 0 });
    const own = new Set(
      outline.entries
        .filter((entry) => isOwnPiece(entry, outline.remembered))
        .sort((a, b) => b.seconds - a.seconds)
        .slice(0, MAX_UNITS),
    );
    for (const [key, { rows, ...work }] of smallWork(outline, own)) {
      if (work.seconds === 0) continue;
      const plan = { key, kind: 'definition', size: 0, ...work } as const;
      const unit = model.add(rows ? { ...plan, method: 'rows' } : plan);
      this.small.set(key, { unit, seconds: work.seconds });
    }
    const units = new Map<number, WorkUnit>();
    for (const entry of outline.entries) {
      const { key, kind, method, seconds, size, stage } = entry;
      const carried = carriedOf(entry);
      let unit: WorkUnit | null = null;
      if (own.has(entry)) {
        const after = entry.afterIndex === null ? null : (units.get(entry.afterIndex) ?? null);
        const plan = { key, kind, seconds, size, carried, stage, trips: tripsOf(entry) };
        const speed = method === undefined ? {} : { method };
        unit = model.add({ ...plan, ...speed, after: parallel ? after : null });
        units.set(entry.index, unit);
      }
      this.entries.set(entry.index, { ...UNTOUCHED, ...entry, unit });
    }
  }

  /** The tool was started, and connects. */
  connecting(since: number): void {
    this.model.begin(this.connect, since);
  }

  /** An entry of the archive, by its index, is begun. */
  begin(index: number, at = this.tracker.seconds): void {
    this.model.end(this.connect, at);
    const entry = this.entries.get(index) ?? this.statement(index);
    if (entry.openedAt !== null) return;
    entry.openedAt = at;
    if (entry.unit) this.model.begin(entry.unit, at);
    this.running.add(entry);
  }

  end(index: number, at = this.tracker.seconds): void {
    const entry = [...this.running].find((candidate) => candidate.index === index);
    if (!entry) return;
    this.running.delete(entry);
    if (entry.unit) this.model.end(entry.unit, at);
    else {
      const small = this.small.get(smallKey(entry.stage, entry.kind === 'data'));
      const took = at - (entry.openedAt ?? at);
      if (small) this.model.spend(small.unit, took, entry.seconds / small.seconds, at);
    }
    this.finishedBytes += entry.kind === 'data' ? entry.size : 0;
    this.countFinished(entry, at);
    this.reportBytes();
  }

  /**
   * Rows that came after the server's last report are assumed to have come at the speed before it.
   */
  private countFinished(entry: EntryWork, at: number): void {
    const { unit, openedAt, seenRows, seenBytes } = entry;
    if (seenRows > 0 && unit && openedAt !== null) {
      const share = (unit.measuredAt - openedAt) / (at - openedAt);
      const scale = share > 0.1 ? Math.max(1, 1 / share) : 1;
      this.rowsDone += seenRows * scale;
      this.dataBytesDone += seenBytes * scale;
    } else if (entry.rows !== null) {
      this.rowsDone += entry.rows;
      this.dataBytesDone += entry.textBytes;
    }
  }

  /** The tool has loaded one more large object. */
  largeObject(at = this.tracker.seconds): void {
    this.largeObjectsDone++;
    const open = [...this.running].filter(({ kind }) => kind === 'largeObjects');
    const [only] = open;
    if (open.length !== 1 || !only?.unit) return;
    const before = (only.objectsBefore ??= this.largeObjectsDone - 1);
    only.objectShare = (this.largeObjectsDone - before) / Math.max(1, only.objects);
    this.measureObjects(only, at);
  }

  /** Large objects cost time each and by their bytes: they are as far as the lesser of both. */
  private measureObjects({ unit, objectShare, readShare }: EntryWork, at: number): void {
    const share = Math.min(objectShare ?? readShare ?? 0, readShare ?? 1);
    if (unit) this.model.measure(unit, share, 1, at);
  }

  /** How far the tool and its workers have read in the archive's files. */
  read(positions: readonly ReadPosition[]): void {
    const now = this.tracker.seconds;
    for (const { file, position } of positions) {
      const entry = this.entryReadAt(file, position);
      if (!entry?.unit) continue;
      const read = position - this.startOf(entry);
      if (entry.kind === 'largeObjects') {
        entry.readShare = read / entry.size;
        this.measureObjects(entry, now);
        continue;
      }
      if (!entry.watched) this.model.measureAnew(entry.unit);
      entry.watched = true;
      this.model.measure(entry.unit, Math.max(0, read - READ_AT_ONCE), entry.size, now);
    }
    this.reportBytes();
  }

  private entryReadAt(file: string, position: number): EntryWork | undefined {
    const { toc } = this;
    const running = [...this.running].filter(({ kind }) => isOfData(kind));
    if (toc.header.format === 'directory') {
      const name = path.basename(file);
      return running.find(({ index, kind }) => {
        // Each large object has a file of its own.
        if (kind !== 'data') return false;
        const member = toc.fileName(index);
        return member !== null && (name === member || name.startsWith(`${member}.`));
      });
    }
    // Other processes of the tool rest at the end of what they have read, which may be the end of the
    // data of this one.
    return running.find((entry) => {
      const start = this.startOf(entry);
      return position >= start && position < start + entry.size;
    });
  }

  /** Where an entry's data begin in their file; beyond every file where that is not known. */
  private startOf({ index }: EntryWork): number {
    if (this.toc.header.format === 'directory') return 0;
    return this.toc.dataOffset(index) ?? Infinity;
  }

  /** The server's report about the tool's sessions. */
  server({ copies, indexes }: ServerProgress, tellsCopies: boolean): void {
    const now = this.tracker.seconds;
    for (const copy of copies) {
      const entry = this.entryOf(copy, 'data');
      if (!entry) continue;
      entry.seenRows = Math.max(entry.seenRows, copy.rows);
      entry.seenBytes = Math.max(entry.seenBytes, copy.bytes);
      this.learnRows(entry, now);
      // How much text there is, is a guess, a wild one without a sample; how much is stored, is known.
      const wild = entry.rows === null && entry.unit?.remembered === true;
      if (entry.unit && !entry.watched && !wild) {
        this.model.measure(entry.unit, copy.bytes, entry.textBytes, now);
      }
    }
    for (const running of indexes) {
      const entry = this.entryOf(running, 'index');
      const fraction = indexFraction(running, entry?.method);
      if (entry?.unit && fraction !== null) this.model.measure(entry.unit, fraction, 1, now);
    }
    if (tellsCopies) {
      let rows = this.rowsDone;
      let bytes = this.dataBytesDone;
      for (const { seenRows, seenBytes } of this.running) {
        rows += seenRows;
        bytes += seenBytes;
      }
      this.tracker.setCopied(rows, bytes);
    }
    this.reportBytes();
  }

  /**
   * How many rows a table has was guessed from its stored bytes. By what was read of those and the rows
   * that came of it, it is known better, and with it how long its rows and indexes take.
   */
  private learnRows(entry: EntryWork, now: number): void {
    const { index, unit, openedAt, watched, seenRows, seenBytes } = entry;
    const read = unit?.fraction ?? 0;
    if (!unit || openedAt === null || !watched || read < TELLING_SHARE || seenRows === 0) return;
    // More was read since the last look at the file.
    const share = Math.min(1, (read * (now - openedAt)) / (unit.measuredAt - openedAt));
    const planned = entry.rows ?? usualTable(entry.textBytes).rows;
    const least = seenRows / share / planned;
    const most = least * (1 + ON_THE_WAY / Math.max(1, seenBytes));
    const known = Math.min(most, Math.max(least, entry.scale));
    const scale = Math.min(MOST_SCALE, Math.max(1 / MOST_SCALE, known));
    for (const made of this.ofTable(index)) {
      if (made.unit) this.model.rescale(made.unit, scale / made.scale);
      made.scale = scale;
    }
  }

  /** What loads the rows of a table, and what is made of them. */
  private ofTable(dataIndex: number): EntryWork[] {
    this.tables ??= groupedByTable(this.entries.values());
    return this.tables.get(dataIndex) ?? [];
  }

  /** All is done: what each piece took, for the next run. */
  times(): UnitTime[] {
    return this.model.times();
  }

  private statement(index: number): EntryWork {
    const stage = stageOf(this.toc, index);
    return { ...UNTOUCHED, index, key: '', kind: 'definition', seconds: STATEMENT_SECONDS, stage };
  }

  private reportBytes(): void {
    let bytes = this.finishedBytes;
    for (const { kind, unit, size } of this.running) {
      if (kind === 'data') bytes += size * (unit?.fraction ?? 0);
    }
    this.tracker.setBytes(Math.round(bytes));
  }

  /**
   * What is running on a table. A table that cannot be seen, because its transaction is not over,
   * is the only one that is worked on.
   */
  private entryOf(
    { schema, table }: RunningCopy | RunningIndex,
    kind: 'data' | 'index',
  ): EntryWork | null {
    const open = [...this.running].filter((entry) => entry.kind === kind);
    const named = open.filter(
      (entry) =>
        entry.tableIndex !== null &&
        this.toc.schema(entry.tableIndex) === schema &&
        this.toc.tag(entry.tableIndex) === table,
    );
    // With several indexes of one table it is unknown which one is meant.
    if (named.length > 0) return named.length === 1 ? (named[0] ?? null) : null;
    return schema === null && open.length === 1 ? (open[0] ?? null) : null;
  }
}

function groupedByTable(entries: Iterable<EntryWork>): Map<number, EntryWork[]> {
  const groups = new Map<number, EntryWork[]>();
  for (const entry of entries) {
    if (entry.tableIndex === null) continue;
    const group = groups.get(entry.tableIndex);
    if (group) group.push(entry);
    else groups.set(entry.tableIndex, [entry]);
  }
  return groups;
}

/** How far the build of an index is; null where its phase does not show it. */
export function indexFraction(running: RunningIndex, method?: string): number | null {
  const { phase, blocksDone, blocksTotal, rowsDone, rowsTotal } = running;
  const share = (done: number, total: number): number =>
    total > 0 ? Math.min(1, done / total) : 0;
  // A B-tree reads the table, sorts, and writes the tree; about so long each.
  if (phase.includes('scanning table')) return 0.5 * share(blocksDone, blocksTotal);
  if (phase.includes('sorting')) return 0.5;
  if (phase.includes('loading tuples')) return 0.65 + 0.35 * share(rowsDone, rowsTotal);
  // GIN gathers what it reads and inserts it whenever its memory is full; other methods do at once.
  // Measured: reading takes between two thirds and nine tenths of the time, and nearly all where a
  // function has to take text apart.
  const reading = method === PARSING_GIN ? 0.95 : 0.8;
  if (phase.startsWith('building index')) return reading * share(blocksDone, blocksTotal);
  return null;
}
