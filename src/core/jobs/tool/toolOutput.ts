import type { ErrorCollector } from '../../pgtools/stderr/errorCollector';
import { LineSplitter, type OutputLine } from '../../pgtools/stderr/lineSplitter';
import { StderrParser } from '../../pgtools/stderr/stderrParser';
import { isProgress, type ToolEvent } from '../../pgtools/stderr/toolEvents';
import { maskSecrets } from '../../secrets/mask';
import { Throttle } from '../../throttle';
import type { JobRecord } from '../job/jobRecord';

/** How much of the end of stderr is kept to tell why a tool failed. */
const MAX_KEPT = 64 * 1024;
/**
 * Milliseconds of silence after which a message counts as complete: tools write long ones in pieces
 * of 8 KB.
 */
const MESSAGE_GAP_MS = 100;
/** How many characters of a statement's line tell which one it was. */
const MAX_STATEMENT = 300;

/**
 * Bytes that wait to be understood while more is read: a tool that says much at once does not wait
 * for us, and a moment later it is silent again. Beyond these it waits.
 */
const MAX_WAITING_BYTES = 1 << 20;
/**
 * Milliseconds before work on it begins: by then the tool has mostly said all that it says at once, and
 * has not waited for a reader who was busy with its first lines.
 */
const START_MS = 10;
/** Waiting output is worked on for this many milliseconds at a time, between which more is read. */
const SLICE_MS = 1;
/** Most bytes of it that are worked on without a look at the clock. */
const PIECE_BYTES = 4096;
/** Lines go to the log and to watchers in blocks, this many milliseconds apart. */
const FLUSH_MS = 25;

interface Chunk {
  bytes: Buffer;
  from: 'stdout' | 'stderr';
}

export interface ToolOutputOptions {
  onEvent: (event: ToolEvent) => void;
  /** Gets the bytes of stdout instead of its lines, for a tool that writes data there. */
  onStdoutBytes?: (bytes: number) => void;
  /** Lines of stdout: psql prints the tags of statements there. */
  onStdout?: (line: string) => void;
  /**
   * The line in the script for a line number of psql, which does not get all lines of the script.
   */
  lineOf?: (line: number) => number;
}

/** Takes a tool's output as it comes: to the job's log, to progress, and to the list of errors. */
export class ToolOutput {
  private readonly stderr: StderrParser;
  private readonly stdout = new LineSplitter();
  private batch: string[] = [];
  /** The newest lines of stderr that are no progress, for `text`. */
  private readonly kept: string[] = [];
  private keptLength = 0;
  private timer: NodeJS.Timeout | undefined;
  /** What was read and has not been worked on, in order. */
  private readonly waiting: Chunk[] = [];
  private waitingBytes = 0;
  private start: NodeJS.Timeout | undefined;
  private turn: NodeJS.Immediate | undefined;
  private readonly flushing = new Throttle(() => this.flush(), FLUSH_MS);

  constructor(
    private readonly record: JobRecord,
    readonly collector: ErrorCollector,
    private readonly options: ToolOutputOptions,
  ) {
    this.stderr = new StderrParser((line, events) => this.said(line, events));
  }

  readonly write = (bytes: Buffer, from: 'stdout' | 'stderr'): void => {
    if (from === 'stdout' && this.options.onStdoutBytes !== undefined) {
      this.options.onStdoutBytes(bytes.length);
      return;
    }
    this.waiting.push({ bytes, from });
    this.waitingBytes += bytes.length;
    while (this.waitingBytes > MAX_WAITING_BYTES) this.workOnNext();
    if (this.turn === undefined) this.start ??= setTimeout(() => this.workOn(), START_MS);
  };

  /** After the last chunk. */
  end(): void {
    clearTimeout(this.start);
    clearImmediate(this.turn);
    while (this.waitingBytes > 0) this.workOnNext();
    clearTimeout(this.timer);
    this.stderr.end();
    this.addStdout(this.stdout.end());
    this.collector.end();
    this.flushing.cancel();
    this.flush();
  }

  /** What the tool said besides its progress; the end of it, when it was much. */
  get text(): string {
    return this.kept.join('\n');
  }

  /** Works on what waits, for a short while; the rest has its turn after what else there is to do. */
  private workOn(): void {
    this.start = undefined;
    const started = performance.now();
    while (this.waitingBytes > 0 && performance.now() - started < SLICE_MS) this.workOnNext();
    this.flushing.request();
    this.turn = this.waitingBytes > 0 ? setImmediate(() => this.workOn()) : undefined;
  }

  private workOnNext(): void {
    const [chunk] = this.waiting;
    if (chunk === undefined) return;
    const piece = chunk.bytes.subarray(0, PIECE_BYTES);
    if (piece.length === chunk.bytes.length) this.waiting.shift();
    else chunk.bytes = chunk.bytes.subarray(PIECE_BYTES);
    this.waitingBytes -= piece.length;
    if (chunk.from === 'stdout') this.addStdout(this.stdout.push(piece));
    else this.addStderr(piece);
  }

  private addStderr(piece: Buffer): void {
    this.stderr.push(piece);
    if (this.timer !== undefined) this.timer.refresh();
    else {
      this.timer = setTimeout(() => {
        this.stderr.pause();
        this.flush();
      }, MESSAGE_GAP_MS);
    }
  }

  /** A line of stderr, without its secrets. */
  private said({ text: said, truncated }: OutputLine, events: ToolEvent[]): void {
    const { lineOf, onEvent } = this.options;
    let progress = true;
    let isStatement = false;
    let worthKeeping = false;
    for (const event of events) {
      if (event.type === 'error' && event.line !== null && lineOf) event.line = lineOf(event.line);
      this.collector.add(event);
      onEvent(event);
      if (isProgress(event)) continue;
      progress = false;
      isStatement ||= event.type === 'sql';
      worthKeeping ||= isWorthKeeping(event);
    }
    const told = progress || !lineOf ? said : renumbered(said, lineOf);
    const text = truncated ? `${told}…` : told;
    // What a message quotes is looked at once more, line by line.
    this.batch.push(progress ? text : maskSecrets(text));
    if (!worthKeeping) return;
    // A statement can name thousands of tables, and the error is in the lines around it, so it is
    // shortened.
    const long = isStatement && text.length > MAX_STATEMENT;
    this.keep(long ? `${text.slice(0, MAX_STATEMENT)}…` : text);
  }

  private addStdout(lines: { text: string }[]): void {
    for (const line of lines) {
      const text = maskSecrets(line.text);
      this.batch.push(text);
      this.options.onStdout?.(text);
    }
  }

  private keep(line: string): void {
    this.kept.push(line);
    this.keptLength += line.length + 1;
    while (this.keptLength > MAX_KEPT) this.keptLength -= (this.kept.shift()?.length ?? 0) + 1;
  }

  private flush(): void {
    if (this.batch.length === 0) return;
    const lines = this.batch;
    this.batch = [];
    this.record.addMasked(lines);
  }
}

/** A line of psql's with the number that the script's line has in the file. */
function renumbered(line: string, lineOf: (line: number) => number): string {
  return line.replace(
    /^(psql(?:\.exe)?:<stdin>:)(\d+)(?=: )/,
    (_, before: string, number: string) => `${before}${lineOf(Number(number))}`,
  );
}

function isWorthKeeping(event: ToolEvent): boolean {
  switch (event.type) {
    case 'error':
    case 'more':
    case 'sql':
    case 'warning':
    case 'continuation':
    case 'tocEntry':
    case 'other':
    case 'errorsIgnored':
      return true;
    default:
      return false;
  }
}
