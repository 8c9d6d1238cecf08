import { countLines } from '../../bytes/countLines';
import type { OwnCommand } from '../psqlCommands';
import { ScriptScanner } from '../scriptScan';
import type { ScriptEntry, ScriptScan } from '../scriptTypes';
import type { PrecedingRule, ScriptStatement, StatementEdit } from './scriptStatement';

/** Where a script goes on in another database. */
export interface DatabaseSwitch {
  /** null = in the same one, connected anew. */
  connectTo: string | null;
}

/** Lines of the script that have been left out before what follows. */
export interface SkippedLines {
  skipped: number;
}

/** A piece of a script as psql gets it. */
export type EditedPiece = Buffer | DatabaseSwitch | SkippedLines;

/**
 * How many lines of a part that is left out stay as empty ones: they cost psql next to nothing.
 */
const EMPTY_LINES = 32;
/** A statement that is longer is judged by its first words, and passed on as it comes. */
const LONGEST_HELD = 1 << 20;

/**
 * A script without pg_dump's own backslash commands, so that psql can be told to refuse all that are
 * left, and as `rules` want it: nothing stands in the place of `\restrict` and `\unrestrict` and of
 * lines that are no SQL, a statement in that of `\encoding`, and `\connect` is handed out as what it
 * asks for.
 *
 * Only psql itself knows for certain what it takes for a command: that depends on the server's
 * answers (rows of a COPY that fails are read as SQL), on settings made out of sight, and on the
 * client encoding. So no command of a script ever reaches psql, not even one that looks harmless.
 */
export async function* editedScript(
  pieces: AsyncIterable<Buffer>,
  rules: readonly PrecedingRule[] = [],
  onEnd: (scan: ScriptScan) => void = () => undefined,
): AsyncGenerator<EditedPiece> {
  const editor = new ScriptEditor(rules);
  for await (const piece of pieces) yield* editor.push(piece, false);
  yield* editor.push(Buffer.alloc(0), true);
  onEnd(editor.scan);
}

class ScriptEditor {
  private readonly scanner = new ScriptScanner({
    ownCommand: (command, start, end) => {
      if (command.kind === 'connect') this.database = command.database ?? this.database;
      this.replace(start, end, insteadOf(command));
    },
    stray: (start, end) => {
      this.replace(start, end, '');
    },
    statement: (start, end, tokens, entry) => {
      this.statement(start, end, tokens, entry);
    },
    rows: (end) => {
      this.rows(end);
    },
  });
  /** What is given out next. */
  private out: EditedPiece[] = [];
  /** The bytes of the script from `base` on that were not given out, and those behind them. */
  private bytes: Buffer = Buffer.alloc(0);
  private base = 0;
  /** Bytes of the script that were given out or left out, and that the scanner has taken. */
  private passed = 0;
  private scanned = 0;
  private skipped = 0;
  /** Where `\connect` has led. */
  private database: string | null = null;
  /** The statement that begins there was judged by its first words. */
  private judged: { start: number; edit: StatementEdit | null } | null = null;
  /** What comes until the end of a statement, or of its rows, is left out. */
  private leavesOut = false;

  get scan(): ScriptScan {
    return this.scanner.scan;
  }

  constructor(private readonly rules: readonly PrecedingRule[]) {}

  push(piece: Buffer, last: boolean): EditedPiece[] {
    this.bytes =
      this.passed - this.base === this.bytes.length
        ? piece
        : Buffer.concat([this.bytes.subarray(this.passed - this.base), piece]);
    this.base = this.passed;
    const { bytes, base } = this;
    let from = this.scanned - base;
    if (this.scanned === 0 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)) {
      from = this.passed = 3;
    }
    const done = this.scanner.push({ bytes, base, last }, from);
    this.scanned = base + Math.max(done, from);
    if (last) this.scanner.finish(base + bytes.length);
    this.pass(last ? base + bytes.length : this.certain());
    const { out } = this;
    this.out = [];
    return out;
  }

  /** How far what has been scanned can be given out: a statement waits for its end. */
  private certain(): number {
    const { scanned } = this;
    const open = this.scanner.openStatement;
    if (open === null || this.rules.length === 0) return scanned;
    const { start, tokens, entry } = open;
    if (this.judged?.start !== start) {
      if (scanned - start < LONGEST_HELD) return start;
      const edit = this.judge(start, { tokens, entry, text: null });
      this.judged = { start, edit };
      this.pass(start);
      this.leavesOut = isLeftOut(edit);
    }
    return scanned;
  }

  private judge(start: number, found: Omit<ScriptStatement, 'database'>): StatementEdit | null {
    const statement: ScriptStatement = { ...found, database: this.database };
    for (const rule of this.rules) {
      const edit = rule(statement);
      if (edit === null) continue;
      if (!('before' in edit)) return edit;
      this.pass(start);
      this.out.push(Buffer.from(edit.before, 'latin1'));
      return edit.edit;
    }
    return null;
  }

  private statement(
    start: number,
    end: number,
    tokens: readonly string[],
    entry: ScriptEntry | null,
  ): void {
    if (this.rules.length === 0) return;
    const { bytes, base, judged } = this;
    const known = judged?.start === start;
    const text = known ? '' : bytes.toString('latin1', start - base, end - base);
    const edit = known ? judged.edit : this.judge(start, { tokens, entry, text });
    this.judged = null;
    if (edit === null) return;
    if ('after' in edit) {
      this.pass(end);
      if (edit.after !== '') this.out.push(Buffer.from(edit.after));
      return;
    }
    if (isLeftOut(edit)) {
      if (!known) this.pass(start);
      this.leavesOut = true;
      this.pass(end);
      // The rows of a COPY come behind it, and go with it.
      this.leavesOut = this.scanner.rowsFollow;
      return;
    }
    this.pass(start);
    this.out.push(Buffer.from(edit.by, 'latin1'));
    this.passed = end;
  }

  private rows(end: number): void {
    if (!this.leavesOut) return;
    this.pass(end);
    this.leavesOut = false;
  }

  private replace(start: number, end: number, by: string | DatabaseSwitch): void {
    this.pass(start);
    this.tellSkipped();
    if (typeof by !== 'string') this.out.push(by);
    else if (by !== '') this.out.push(Buffer.from(by));
    this.passed = end;
  }

  /** Gives out, or leaves out, what comes up to there. */
  private pass(to: number): void {
    const part = this.bytes.subarray(this.passed - this.base, to - this.base);
    this.passed = Math.max(this.passed, to);
    if (part.length === 0) return;
    if (this.leavesOut) this.skipped += countLines(part, 0, part.length);
    else {
      this.tellSkipped();
      this.out.push(part);
    }
  }

  private tellSkipped(): void {
    const { skipped } = this;
    this.skipped = 0;
    if (skipped === 0) return;
    this.out.push(skipped > EMPTY_LINES ? { skipped } : Buffer.alloc(skipped, '\n'));
  }
}

function isLeftOut(edit: StatementEdit | null): boolean {
  return edit !== null && 'by' in edit && edit.by === '';
}

function insteadOf(command: OwnCommand): string | DatabaseSwitch {
  switch (command.kind) {
    case 'restrict':
    case 'unrestrict':
      return '';
    case 'encoding':
      return `SET client_encoding = '${command.encoding}';`;
    case 'connect':
      return { connectTo: command.database };
  }
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
