import { countLines } from '../../bytes/countLines';
import type { OwnCommand } from '../psqlCommands';
import { ScriptScanner, type ScriptHooks } from '../scriptScan';
import type { ScriptEntry, ScriptScan } from '../scriptTypes';
import type { PrecedingRule, ScriptStatement, StatementEdit } from './scriptStatement';

/** The script continues in another database. */
export interface DatabaseSwitch {
  /** null = a new connection to the same database. */
  connectTo: string | null;
}

/** Number of lines that were left out of the script before the next piece. */
export interface SkippedLines {
  skipped: number;
}

/** A piece of the script for psql, or what psql has to know before the next one. */
export type EditedPiece = Buffer | DatabaseSwitch | SkippedLines;

/**
 * Up to this number, lines that are left out become empty lines, which cost psql next to nothing.
 */
const EMPTY_LINES = 32;
/** A longer statement is judged by its first words, and passed on in pieces. */
const LONGEST_HELD = 1 << 20;
/** Number of a piece's bytes that are joined with what is left of the one before. */
const SEAM = 16 << 10;

/**
 * Edits a script for psql: applies `rules`, and removes pg_dump's own backslash commands, so that
 * psql can be told to refuse all others. `\restrict`, `\unrestrict` and lines that are not SQL are
 * removed, `\encoding` becomes a statement, and `\connect` becomes a `DatabaseSwitch`.
 *
 * Only psql knows for certain what it will recognise as a command: that depends on the server's
 * answers (rows of a failed COPY are read as SQL), on settings that are not visible in the script,
 * and on the client encoding. So no command of a script reaches psql, however harmless it looks.
 */
export async function* editedScript(
  pieces: AsyncIterable<Buffer>,
  rules: readonly PrecedingRule[] = [],
  onEnd?: (scan: ScriptScan) => void,
): AsyncGenerator<EditedPiece> {
  const editor = new ScriptEditor(rules, onEnd !== undefined);
  for await (const piece of pieces) yield* editor.push(piece, false);
  yield* editor.push(Buffer.alloc(0), true);
  onEnd?.(editor.scan);
}

class ScriptEditor {
  private readonly scanner: ScriptScanner;
  /** Pieces that are ready for the caller. */
  private out: EditedPiece[] = [];
  /** Bytes of the script from offset `base` that are still needed. */
  private bytes: Buffer = Buffer.alloc(0);
  private base = 0;
  /** Offsets: up to `passed`, bytes were passed on or left out; up to `scanned`, they were scanned. */
  private passed = 0;
  private scanned = 0;
  private skipped = 0;
  /** The database of the last `\connect`. */
  private database: string | null = null;
  /** Where a statement begins that was judged by its first words, and the result. */
  private judged: { start: number; edit: StatementEdit | null } | null = null;
  /** The rest of the statement, or of its rows, is left out. */
  private leavesOut = false;

  get scan(): ScriptScan {
    return this.scanner.scan;
  }

  /** `judges`: somebody asks whether the script is whole, and reads `scan`. */
  constructor(
    private readonly rules: readonly PrecedingRule[],
    judges: boolean,
  ) {
    const hooks: ScriptHooks = {
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
    };
    this.scanner = new ScriptScanner(hooks, judges);
  }

  /** Reads one more piece, whose memory is needed until the next one. */
  push(piece: Buffer, last: boolean): EditedPiece[] {
    // Little is left of the piece before, as a rule: it is joined with the beginning of this one,
    // because copying the whole piece would take longer than searching it.
    const joins = this.rest.length > 0 && this.rest.length <= SEAM && piece.length > 2 * SEAM;
    const seam = joins ? SEAM : piece.length;
    this.read(joined(this.rest, piece.subarray(0, seam)), last && seam === piece.length);
    if (seam < piece.length) {
      const { rest } = this;
      const behind = piece.subarray(seam - Math.min(seam, rest.length));
      this.read(rest.length <= seam ? behind : joined(rest, piece.subarray(seam)), last);
    }
    const { out } = this;
    this.out = [];
    return out;
  }

  /** What was read, and neither passed on nor left out. */
  private get rest(): Buffer {
    return this.bytes.subarray(this.passed - this.base);
  }

  /** Reads bytes that begin with the rest of those before. */
  private read(next: Buffer, last: boolean): void {
    this.bytes = next;
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
  }

  /** Offset up to which bytes can be passed on: a statement is held back until it is complete. */
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
      // A COPY that is left out takes its rows with it.
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

  /** Passes bytes on, or leaves them out, up to this offset. */
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

function joined(rest: Buffer, piece: Buffer): Buffer {
  return rest.length === 0 ? piece : Buffer.concat([rest, piece]);
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
