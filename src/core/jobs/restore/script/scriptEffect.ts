/** Tags of statements that change nothing, or nothing that outlives the session. */
const CHANGES_NOTHING =
  /^(?:SET|RESET|BEGIN|START TRANSACTION|SAVEPOINT|RELEASE|LOCK TABLE|DISCARD( [A-Z]+)?|(?:INSERT 0|UPDATE|DELETE|MERGE|COPY) 0)$/;
/** psql's exit code when a statement has failed and it was told to stop then. */
const STOPPED_AT_ERROR = 3;

/** What `set_config` answers: every script of pg_dump asks for it. */
const SET_CONFIG = 'set_config';
const END_OF_ROWS = /^\(\d+ rows?\)$/;
/** Lines behind its heading: dashes, the value, how many rows it was, which can be switched off. */
const LINES_OF_ANSWER = 3;

/**
 * Tells from psql's output what a script that failed has left behind. Each successful statement
 * prints its tag, or the rows that it returns; every tag counts as a change unless it is known to
 * change nothing.
 */
export class ScriptEffect {
  /** Something was changed for good. */
  private committed = false;
  /** Something was changed that the open transaction still takes back. */
  private pending = false;
  private inTransaction = false;
  /** The script runs in a single transaction, and no statement has ended it early. */
  private isSingle = false;
  private seen = false;
  /** How many of the next lines may be the answer of `set_config`. */
  private answer = 0;
  private stopped = false;

  /** The next psql begins; those before it went through. */
  begin(singleTransaction: boolean): void {
    this.inTransaction = this.isSingle = singleTransaction;
    this.pending = this.stopped = false;
    this.answer = 0;
  }

  /** A line of psql's standard output. */
  line(line: string): void {
    this.seen = true;
    const text = line.trim();
    if (this.answer > 0) {
      this.answer = END_OF_ROWS.test(text) ? 0 : this.answer - 1;
      return;
    }
    if (text === SET_CONFIG) this.answer = LINES_OF_ANSWER;
    else if (text === 'BEGIN' || text === 'START TRANSACTION') this.inTransaction = true;
    else if (text === 'COMMIT' || text === 'PREPARE TRANSACTION') this.end(this.pending);
    else if (text === 'ROLLBACK') this.rollback();
    else if (text !== '' && !CHANGES_NOTHING.test(text)) this.change();
  }

  /**
   * A statement failed. It changed nothing itself: earlier changes have been counted by their tags.
   */
  failed(): void {
    this.seen = true;
    this.answer = 0;
  }

  exited(code: number | null): void {
    this.stopped = code === STOPPED_AT_ERROR;
    if (code === 0) this.end(this.pending);
  }

  get left(): 'untouched' | 'rolledBack' | 'partial' {
    if (this.committed) return 'partial';
    if (this.stopped) return this.pending ? 'rolledBack' : 'untouched';
    if (!this.seen) return 'untouched';
    // It was ended amid a statement, which may have been a COMMIT of the script's own.
    return this.isSingle ? 'rolledBack' : 'partial';
  }

  private change(): void {
    if (this.inTransaction) this.pending = true;
    else this.committed = true;
  }

  /**
   * ROLLBACK TO SAVEPOINT prints the same: what was changed before it may be pending still. What
   * comes after it may be committed.
   */
  private rollback(): void {
    this.inTransaction = this.isSingle = false;
  }

  private end(changed: boolean): void {
    this.committed ||= changed;
    this.pending = this.inTransaction = this.isSingle = false;
  }
}
