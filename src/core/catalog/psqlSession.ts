import path from 'node:path';
import type { LibpqConnection } from '../connections/libpq';
import { BARE_ANSWERS, oneMessage } from './psql';
import { startTool } from '../connections/startTool';

/** An answer is a small piece of JSON; a larger one is refused. */
const MAX_ANSWER = 16 * 1024 * 1024;
/** An answer is one line; psql's errors and notices are not read. */
const MAX_LINES = 10_000;
/** Milliseconds that psql gets to exit when its input has ended. */
const LEAVE_MS = 250;
/** Line that psql prints after each answer; it is not valid JSON. */
const END = '-- end of answer';
/** How often psql waits for the server until a question is answered: see `setUp`, and `ask`. */
export const ANSWER_TRIPS = 3;

interface Pending {
  resolve: (answer: unknown) => void;
  lines: string[];
  length: number;
  timer: NodeJS.Timeout;
}

/**
 * One long-lived psql for repeated queries, because connecting every second would cost the server
 * more than the answers do. psql reads statements on standard input and prints JSON. The session is
 * optional: when something fails, answers are null. It never asks for a password. psql ends with this
 * process, because its standard input ends then.
 */
export class PsqlSession {
  private readonly program: ReturnType<typeof startSession> | null;
  private readonly queue: Pending[] = [];
  /** The incomplete last line, in the pieces that arrived. */
  private pieces: string[] = [];
  private pieceLength = 0;
  private open = true;
  private readonly before: string;
  /** Resolves when psql has ended. */
  readonly ended: Promise<void>;

  /**
   * @param psql absolute path
   * @param statementTimeoutMs the server cancels a query after this time
   */
  constructor(psql: string, connection: LibpqConnection, statementTimeoutMs = 5000) {
    this.before = setUp(statementTimeoutMs);
    try {
      this.program = startSession(psql, connection);
    } catch {
      // psql could not be started, e.g. for lack of file handles: every answer is null.
      this.program = null;
      this.open = false;
      this.ended = Promise.resolve();
      return;
    }
    const { ended, stdin, stdout } = this.program;
    this.ended = ended.then(() => this.close());
    stdin.on('error', () => this.close());
    stdout.setEncoding('utf8');
    stdout.on('data', (text: string) => this.take(text));
    stdout.on('error', () => this.close());
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** Is nothing asked? Answers come in the order of the questions: what is asked now waits for none. */
  get isIdle(): boolean {
    return this.queue.length === 0;
  }

  /**
   * The answer to one SELECT (without a semicolon) whose only row and column is JSON; null when the
   * query failed, took too long, or psql has ended. A query without an answer after `timeoutMs` ends
   * the session, because the server is then no longer reachable.
   */
  ask(sql: string, timeoutMs = 15_000): Promise<unknown> {
    if (!this.open) return Promise.resolve(null);
    return new Promise((resolve) => {
      const timer = setTimeout(() => void this.end(), timeoutMs);
      timer.unref();
      this.queue.push({ resolve, lines: [], length: 0, timer });
      this.write(`${this.before}\n${sql};\nCOMMIT;\n\\echo '${END}'\n`);
    });
  }

  /** Ends psql, and with it the session on the server; resolves when it is gone. */
  async end(): Promise<void> {
    if (this.open) {
      this.close();
      this.program?.stdin.end();
    }
    const timer = setTimeout(() => this.program?.child.kill('SIGKILL'), LEAVE_MS);
    await this.ended;
    clearTimeout(timer);
  }

  private write(text: string): void {
    this.program?.stdin.write(text);
  }

  private close(): void {
    this.open = false;
    for (const { resolve, timer } of this.queue.splice(0)) {
      clearTimeout(timer);
      resolve(null);
    }
  }

  private take(text: string): void {
    for (let start = 0; this.open;) {
      const end = text.indexOf('\n', start);
      const piece = text.slice(start, end < 0 ? text.length : end);
      this.pieces.push(piece);
      this.pieceLength += piece.length;
      if (this.pieceLength > MAX_ANSWER) void this.end();
      if (end < 0) return;
      const line = this.pieces.join('').replace(/\r$/, '');
      this.pieces = [];
      this.pieceLength = 0;
      this.takeLine(line);
      start = end + 1;
    }
  }

  private takeLine(line: string): void {
    const [pending] = this.queue;
    if (!pending) return;
    if (line !== END) {
      pending.lines.push(line);
      pending.length += line.length;
      if (pending.length > MAX_ANSWER || pending.lines.length > MAX_LINES) void this.end();
      return;
    }
    this.queue.shift();
    clearTimeout(pending.timer);
    pending.resolve(parse(pending.lines.join('\n')));
  }
}

/**
 * The statements before each query. They change the transaction only, not the session: a pooler may
 * hand the session to another client, which would find it read-only and without a search path.
 */
function setUp(statementTimeoutMs: number): string {
  return oneMessage([
    'BEGIN READ ONLY',
    "SET LOCAL client_min_messages = 'error'",
    "SET LOCAL search_path = ''",
    // A query fails rather than wait behind another session's ALTER TABLE.
    'SET LOCAL lock_timeout = 500',
    `SET LOCAL statement_timeout = ${Math.round(statementTimeoutMs)}`,
    'SET LOCAL row_security = off',
    'SET LOCAL max_parallel_workers_per_gather = 0',
  ]);
}

function startSession(psql: string, connection: LibpqConnection) {
  return startTool(psql, [...BARE_ANSWERS, ...connection.args], {
    cwd: path.dirname(psql),
    env: { ...connection.env, PGCLIENTENCODING: 'UTF8' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
