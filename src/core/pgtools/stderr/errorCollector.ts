import type { JobError } from '../../model/job';
import { endsRestore, isHarmless, plainMessage } from './restoreErrors';
import type { ToolEvent } from './toolEvents';

/** An error of a restore, with the place that the tool named. */
export interface CollectedError extends JobError {
  /** Line of the script, from 1. */
  line?: number;
}

export interface ErrorCollectorOptions {
  /** Names an entry of the archive, e.g. `TABLE app.orders`; null = the tool's own words. */
  describe?: (dumpId: number) => string | null;
  /** Is the error harmless for this restore? */
  harmless?: (error: CollectedError) => boolean;
  /** How many errors are kept; the others are only counted. */
  limit?: number;
}

/** The most characters kept of one error's message and of its statement. */
const MAX_TEXT = 4000;
/** An object whose owner could not be set is there all the same. */
const SETS_OWNER = /^ALTER .+ OWNER TO [^;]+;$/s;

/**
 * Puts the errors of pg_restore and psql together from their events: message with detail and hint,
 * object, statement. Memory stays bounded however many there are.
 */
export class ErrorCollector {
  /** The first errors, without the harmless ones. */
  readonly errors: CollectedError[] = [];
  /** How many errors there were, without the harmless ones. */
  total = 0;
  /** Number of harmless errors. */
  harmless = 0;
  /**
   * The last harmless error: where pg_restore stops at the first error, it is the reason of the
   * failure.
   */
  harmlessError: CollectedError | null = null;
  /**
   * pg_restore's own count, which it only gives after it went through everything; with parallel
   * jobs it counts some twice. null = it was not the very last line of the output; elsewhere, a
   * notice, a name or a statement may contain such a line.
   */
  ignored: number | null = null;
  /**
   * Dump ids of the archive's entries that were not restored, from all errors; without those of
   * which only the owner could not be set.
   */
  readonly failedEntries = new Set<number>();
  /** Entries that exist with another owner. */
  readonly ownerless = new Set<number>();
  /** The newest error, kept or only counted; without the harmless ones. */
  last: CollectedError | null = null;
  /** Errors that pg_restore never ignores. */
  private fatal = 0;

  private readonly limit: number;
  private current: CollectedError | null = null;
  private entry: { dumpId: number; text: string } | null = null;
  private continues: 'message' | 'sql' | null = null;

  constructor(private readonly options: ErrorCollectorOptions = {}) {
    this.limit = options.limit ?? 500;
  }

  /**
   * Did pg_restore go through its whole list, according to its output? A hostile archive can make
   * it print further lines, but cannot remove the error line with which every other end begins.
   */
  get wentThrough(): boolean {
    return this.ignored !== null && this.fatal === 0 && this.total + this.harmless > 0;
  }

  add(event: ToolEvent): void {
    this.ignored = null;
    switch (event.type) {
      case 'error':
        if (endsRestore(event.text)) this.fatal++;
        this.begin(event);
        break;
      case 'more':
        this.append('message', event.text);
        break;
      case 'sql':
        if (this.current) this.current.sql = event.text.slice(0, MAX_TEXT);
        this.continues = this.current ? 'sql' : null;
        break;
      case 'continuation':
        if (this.continues) this.append(this.continues, event.text);
        break;
      case 'during':
        this.finish();
        this.entry = null;
        break;
      case 'tocEntry':
        this.finish();
        this.entry = { dumpId: event.dumpId, text: event.text };
        break;
      case 'errorsIgnored':
        this.finish();
        this.ignored = event.count;
        break;
      case 'warning':
      case 'notice':
      case 'other':
        this.finish();
        break;
      case 'reading':
      case 'dumpingDatabase':
      case 'dumpingTable':
      case 'savingLargeObjects':
      case 'creating':
      case 'dropping':
      case 'processingData':
      case 'processingLargeObjects':
      case 'executing':
      case 'restoringLargeObject':
      case 'item':
      case 'connecting':
      case 'parallelLoop':
        this.finish();
        // pg_restore names an entry only before the first error of that entry.
        this.entry = null;
        break;
    }
  }

  /** After the last event. */
  end(): void {
    this.finish();
  }

  private begin({ text, line, sqlState }: Extract<ToolEvent, { type: 'error' }>): void {
    this.finish();
    this.current = { message: plainMessage(text).slice(0, MAX_TEXT) };
    if (line !== null) this.current.line = line;
    if (sqlState !== undefined) this.current.sqlState = sqlState;
    if (this.entry) {
      this.current.dumpId = this.entry.dumpId;
      this.current.object = this.options.describe?.(this.entry.dumpId) ?? this.entry.text;
    }
    this.continues = 'message';
  }

  private append(to: 'message' | 'sql', text: string): void {
    const before = this.current?.[to];
    if (!this.current || before === undefined || before.length >= MAX_TEXT) return;
    this.current[to] = `${before}\n${text}`.slice(0, MAX_TEXT);
  }

  private finish(): void {
    const error = this.current;
    this.current = null;
    this.continues = null;
    if (!error) return;
    error.message = error.message.trimEnd();
    if (error.sql !== undefined) error.sql = error.sql.trimEnd();
    if (isHarmless(error) || this.options.harmless?.(error) === true) {
      this.harmless++;
      this.harmlessError = error;
      return;
    }
    this.total++;
    this.last = error;
    const { dumpId, sql = '' } = error;
    if (dumpId !== undefined) {
      (SETS_OWNER.test(sql) ? this.ownerless : this.failedEntries).add(dumpId);
    }
    if (this.errors.length < this.limit) this.errors.push(error);
  }
}
