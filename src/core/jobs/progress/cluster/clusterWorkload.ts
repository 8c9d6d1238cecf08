import type { DumpedDatabase } from '../../../catalog/serverInfo';
import type { BackupOptions } from '../../../model/options';
import { databaseCost, GLOBALS_SECONDS } from '../../../forms/backup/clusterEstimate';
import { finishSeconds } from '../../../forms/backup/dumpCosts';
import type { ProgressTracker } from '../../job/progressTracker';
import { WorkModel } from '../estimate/workModel';
import { type UnitTime, type WorkUnit } from '../estimate/workUnit';

/** Smaller databases do not show how fast rows are dumped. */
const MIN_DATA_BYTES = 1 << 20;

const GLOBALS = 0;
const DATABASES = 1;
const FINISH = 2;

/** A backup of a whole server as work: its databases, one after the other. */
export class ClusterWorkload {
  readonly model = new WorkModel([1, 1, 1]);
  private readonly globals: WorkUnit;
  private readonly finish: WorkUnit;
  private readonly byName = new Map<string, WorkUnit>();
  private running: WorkUnit | null = null;

  /** @param databases all that pg_dumpall will go through, in any order */
  constructor(
    private readonly tracker: Pick<ProgressTracker, 'seconds'>,
    options: BackupOptions,
    databases: readonly DumpedDatabase[],
  ) {
    const { model } = this;
    this.globals = model.add({
      key: 'globals',
      kind: 'connect',
      seconds: GLOBALS_SECONDS,
      size: 0,
      stage: GLOBALS,
    });
    let outputBytes = 0;
    for (const database of databases) {
      const { name, bytes } = database;
      const cost = databaseCost(options, database);
      outputBytes += cost.outputBytes;
      const unit = model.add({
        key: databaseKey(name),
        kind: cost.textBytes < MIN_DATA_BYTES ? 'definition' : 'data',
        seconds: cost.seconds,
        size: bytes,
        stage: DATABASES,
      });
      this.byName.set(name, unit);
    }
    this.finish = model.add({
      key: 'finish',
      kind: 'finish',
      seconds: finishSeconds(outputBytes, options),
      size: outputBytes,
      stage: FINISH,
    });
    model.begin(this.globals, tracker.seconds);
  }

  /** pg_dumpall starts with this database: the one before is done. `at`: seconds. */
  begin(database: string, at: number): void {
    this.model.end(this.running ?? this.globals, at);
    this.running = this.byName.get(database) ?? null;
    if (this.running) this.model.begin(this.running, at);
  }

  /** Seconds until the current database is done; null = unknown. */
  applyForecast(seconds: number | null): void {
    if (this.running) this.model.applyForecast(this.running, seconds, this.tracker.seconds);
  }

  /** The tool is done; what is left is the job's own work on the output. */
  finishing(): void {
    this.model.beginLast(this.finish, this.tracker.seconds);
  }

  /** Closes what is still open and returns what each piece took, for the next run. */
  times(): UnitTime[] {
    this.model.end(this.finish, this.tracker.seconds);
    return this.model.times();
  }
}

function databaseKey(database: string): string {
  return JSON.stringify([database]);
}

/** The times of one database's pieces, out of those of the whole server. */
export function withDatabase(database: string, times: readonly UnitTime[]): UnitTime[] {
  return times.map((time) => ({ ...time, key: JSON.stringify([database, time.key]) }));
}

/** The reverse of `withDatabase`. */
export function ofDatabase(database: string, times: readonly UnitTime[]): UnitTime[] {
  const own: UnitTime[] = [];
  for (const time of times) {
    if (!time.key.startsWith('[')) continue;
    const [name, key] = JSON.parse(time.key) as [string, string?];
    if (name === database && key !== undefined) own.push({ ...time, key });
  }
  return own;
}
