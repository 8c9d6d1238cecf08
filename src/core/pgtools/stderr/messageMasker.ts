import { maskSecrets, replaced } from '../../secrets/mask';
import { merged, SecretFinder } from '../../secrets/secretFinder';
import { MASK } from '../../secrets/secretWords';
import type { Range } from '../../secrets/urlSecrets';
import type { OutputLine } from './lineSplitter';
import { maskMessage } from './maskMessage';
import { parseLine } from './parseLine';
import { isProgress, type ToolEvent } from './toolEvents';

/** UTF-16 units of a statement that are remembered, to find again what a message quotes of it. */
const MAX_STATEMENT = 64 * 1024;
/** Lines that are held back until the statement of an error has come. */
const MAX_HELD = 200;

interface Held {
  line: OutputLine;
  events: ToolEvent[];
  /**
   * The line without its secrets; null: part of a message whose secrets only the statement shows.
   */
  masked: string | null;
}

/**
 * Hides secrets in what the tools print about statements that failed, before anything is made of it.
 * The tools print an error first and its statement after it: the error is held back until then,
 * because only the statement tells which of the words that it quotes are part of a secret.
 */
export class MessageMasker {
  private held: Held[] = [];
  private statement: FailedStatement | null = null;

  /** `emit` gets every line, in order, with what it says. */
  constructor(private readonly emit: (line: OutputLine, events: ToolEvent[]) => void) {}

  push(line: OutputLine): void {
    const events = parseLine(line.text);
    const event = events.find((one) => !isProgress(one));
    if (event === undefined) {
      this.release();
      // Workers of a parallel restore share their output, so a progress line of another worker does
      // not end a statement.
      const text = maskSecrets(line.text);
      this.emit(text === line.text ? line : { ...line, text }, events);
      return;
    }
    switch (event.type) {
      case 'continuation':
        this.hold(line, events, this.statement?.add(line) ?? null);
        break;
      case 'more':
        this.hold(line, events, null);
        break;
      case 'sql':
        // What is held back belongs to the statement before.
        if (this.statement !== null) this.release();
        this.statement = new FailedStatement();
        this.hold(line, events, this.statement.add(line));
        break;
      default:
        this.release();
        this.statement = null;
        this.hold(line, events, null);
    }
  }

  /**
   * There is no more output for now: emits all lines that are held back, except for an error whose
   * statement is still to come.
   */
  pause(): void {
    const awaits = this.statement === null && this.held[0]?.events[0]?.type === 'error';
    if (!awaits) this.release();
  }

  /** After the last line. */
  end(): void {
    this.release();
    this.statement = null;
  }

  private hold(line: OutputLine, events: ToolEvent[], masked: string | null): void {
    this.held.push({ line, events, masked });
    if (this.held.length > MAX_HELD) this.release();
  }

  private release(): void {
    if (this.held.length === 0) return;
    const { held, statement } = this;
    this.held = [];
    const message = held.filter(({ masked }) => masked === null).map(({ line }) => line.text);
    const masked = maskMessage(message, statement).values();
    for (const one of held) {
      const text = one.masked ?? masked.next().value ?? MASK;
      const same = text === one.line.text;
      this.emit(same ? one.line : { ...one.line, text }, same ? one.events : parseLine(text));
    }
  }
}

/** A statement that failed, as far as it has been printed. */
class FailedStatement {
  text = '';
  readonly secrets: Range[] = [];
  private readonly finder = new SecretFinder({ lenient: true });
  /** The rest of a line was lost, and with it perhaps the beginning of a secret. */
  private torn = false;

  /** @returns the line without its secrets */
  add({ text, truncated }: OutputLine): string {
    if (this.torn) return text.trim() === '' ? text : MASK;
    this.torn = truncated;
    const found = this.finder.next(`${text}\n`);
    const ranges = merged(found.map((r) => ({ ...r, end: Math.min(r.end, text.length) })));
    const at = this.text.length;
    if (at < MAX_STATEMENT) {
      this.text += `${text}\n`;
      this.secrets.push(...ranges.map(({ start, end }) => ({ start: at + start, end: at + end })));
    }
    return replaced(text, ranges, () => MASK);
  }
}
