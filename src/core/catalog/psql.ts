import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { KEY_PASSPHRASE } from '../connections/clientKey/passphraseFile';
import { environmentNow, type LibpqConnection } from '../connections/libpq';
import type { startTool } from '../connections/startTool';
import type { StreamsEnd } from '../pgtools/locate/startStreams';
import { AppError } from '../errors';
import { argumentsAreUtf8 } from '../pgtools/locate/ansiCodePage';
import { notStarted } from '../pgtools/locate/notStarted';
import { classifyFailure, isKeyUnreadable, mayPasswordHelp } from '../pgtools/stderr/failureCause';
import { readServerError } from '../pgtools/stderr/serverError';
import { OutputEnds, textOf, withoutEnd } from './outputEnds';

/** Options of psql for queries: no ~/.psqlrc, quiet, unaligned tuples only, no password prompt. */
export const BARE_ANSWERS: readonly string[] = ['-X', '-q', '-A', '-t', '-w'];

export interface QueryOptions {
  signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call, connecting included; with an open `on`, for the statement. */
  timeoutMs: number;
  /** Is asked as long as it is open. It ends by the time limit that it was started with. */
  on?: OpenPsql | undefined;
}

/** The `cause` of an error that the server reported: its SQLSTATE is the same in every language. */
export class ServerRefusal extends Error {
  /** @param sqlState five characters, e.g. `42P04`; undefined where no query was answered */
  constructor(readonly sqlState: string | undefined) {
    super(sqlState ?? 'no SQLSTATE');
  }
}

/** The SQLSTATE behind an error of {@link runQuery} or {@link runCommand}. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof Error && error.cause instanceof ServerRefusal
    ? error.cause.sqlState
    : undefined;
}

/** SQLSTATE: a session is connected to the database that is to be changed, or a subscription is in it. */
export const OBJECT_IN_USE = '55006';

/** A larger answer is refused; a catalog of 20,000 tables takes about 4 MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Reading a longer answer, in characters, takes some ten milliseconds, and so does checking it. */
const LARGE_ANSWER = 512 * 1024;
/** Making a longer question, in characters, takes some ten milliseconds, and so does starting psql. */
const LARGE_QUESTION = 64 * 1024;
/** How many bytes are kept of the beginning, and of the end, of psql's messages. */
const KEPT_MESSAGE_BYTES = 64 * 1024;
/** Nobody reads notices here, and there can be a gigabyte of them. */
const QUIET = "client_min_messages = 'error'";
/** A query fails rather than wait behind another session's ALTER TABLE. */
const LOCK_TIMEOUT_MS = 1000;
/** Line that psql prints after each answer: no answer has such a line, as it is not valid JSON. */
const END = '-- end of answer';
const MOST_OF_END = END.length + 3;
const ENDS = new RegExp(`(?:^|\\n)${END}\\r?\\n$`);

/**
 * Runs one read-only query through psql and returns the JSON value in the only column of its only row.
 * What may be large comes by `eachRecord`.
 *
 * @throws AppError as {@link readPieces}
 */
export async function runQuery(
  psql: string,
  connection: LibpqConnection,
  sql: string,
  options: QueryOptions,
): Promise<unknown> {
  const answer = textOf(await readPieces(psql, connection, sql, options));
  const json = parseAnswer(answer);
  if (answer.length > LARGE_ANSWER) await nextTurn();
  return json;
}

/**
 * The JSON value in an answer, or in a row of one.
 * @throws AppError `answerUnusable`
 */
export function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('answerUnusable', { reason: 'noJson' }, { cause: error });
  }
}

/**
 * Runs one read-only query through psql and returns what it prints, in the pieces that came: the only
 * column of each row. A large answer in one piece would take long to be put together.
 *
 * Statements set the transaction up, because PGOPTIONS would not do: a service file overrides it, and
 * poolers refuse it. No setting outlives the transaction: a pooler may hand the session to another
 * client. The transaction is read-only, and the server ends it by itself when this process is gone.
 *
 * @param psql absolute path
 * @param sql one SELECT, without a semicolon
 * @throws AppError `passwordRequired`, `authenticationFailed`, `keyLocked`, `databaseMissing`,
 *   `connectFailed`, `queryFailed`, `answerUnusable`, `queryTimedOut`, `cancelled`, `toolMissing`, `toolNotStarted`,
 *   `argumentUnsayable`
 */
export function readPieces(
  psql: string,
  connection: LibpqConnection,
  sql: string,
  options: QueryOptions,
): Promise<readonly Buffer[]> {
  const setUp = oneMessage([
    'BEGIN READ ONLY',
    `SET LOCAL ${QUIET}`,
    "SET LOCAL search_path = ''",
    // Names are compared with those of archives, which have no more quotes than they need.
    'SET LOCAL quote_all_identifiers = off',
    `SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`,
    `SET LOCAL statement_timeout = ${Math.max(1, Math.round(options.timeoutMs))}`,
  ]);
  const script = ["SET client_encoding = 'UTF8';", setUp, `${sql};`, 'COMMIT;'].join('\n');
  return runPsql(psql, connection, script, options);
}

/**
 * Statements that psql sends as one message: it waits for the server once, which may be far away. A
 * query with a time limit is a message of its own: servers before 13 mostly take the limit that holds
 * when a message begins.
 */
export function oneMessage(statements: readonly string[]): string {
  return `${statements.join('\\;\n')};`;
}

/** A `Shape`, or a schema of zod. */
interface AnswerShape<T> {
  safeParse(json: unknown): { success: true; data: T } | { success: false; error: Error };
}

/**
 * Decodes the answer of a query.
 * @throws AppError `answerUnusable`
 */
export function decodeAnswer<T>(shape: AnswerShape<T>, json: unknown): T {
  const parsed = shape.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new AppError('answerUnusable', { reason: 'unexpected' }, { cause: parsed.error });
}

/**
 * Runs statements that change something, each in a transaction of its own.
 *
 * @throws AppError as {@link runQuery}; its `cause` is a {@link ServerRefusal}
 */
export async function runCommand(
  psql: string,
  connection: LibpqConnection,
  sql: string,
  options: QueryOptions,
): Promise<void> {
  const script = [
    "SET client_encoding = 'UTF8';",
    `SET ${QUIET};`,
    `${sql};`,
    'RESET client_min_messages;',
  ].join('\n');
  await runPsql(psql, connection, script, options);
}

async function runPsql(
  psql: string,
  connection: LibpqConnection,
  script: string,
  options: QueryOptions,
): Promise<readonly Buffer[]> {
  if (options.on?.isOpen === true) return options.on.askPieces(script, options.signal);
  const isLarge = script.length > LARGE_QUESTION;
  if (isLarge) await nextTurn();
  const own = await OpenPsql.start(psql, connection, options);
  if (isLarge) await nextTurn();
  const answer = own.askPieces(script);
  // What has failed is told when psql is gone.
  answer.catch(() => undefined);
  await own.end();
  return answer;
}

/** A question that waits for its answer. */
interface Asked {
  resolve: (answer: readonly Buffer[]) => void;
  reject: (error: AppError) => void;
}

/**
 * A psql that gets its questions one after another: the second costs neither a process nor a
 * connection. It ends with the first that fails.
 */
export class OpenPsql {
  private answer: Buffer[] = [];
  private length = 0;
  /** The newest characters, in which the end mark would be. */
  private tail = '';
  private asked: Asked | null = null;
  private closed = false;
  private cancelled = false;
  private idle: NodeJS.Timeout | undefined;
  /** Makes the error of a question that it could not answer any more; null = it has not ended. */
  private failure: (() => AppError) | null = null;
  private readonly ended: Promise<void>;

  private constructor(
    private readonly program: ReturnType<typeof startPsql>,
    failed: (result: StreamsEnd, stderr: string) => AppError,
  ) {
    const messages = new OutputEnds(KEPT_MESSAGE_BYTES);
    program.stderr.on('data', (chunk: Buffer) => messages.add(chunk));
    program.stdout.on('data', (chunk: Buffer) => this.take(chunk));
    this.ended = program.ended.then((result) => {
      this.closed = true;
      clearTimeout(this.idle);
      this.failure = () => {
        if (this.cancelled) return new AppError('cancelled', {});
        return this.length > MAX_ANSWER_BYTES
          ? new AppError('answerUnusable', { reason: 'tooLarge' })
          : failed(result, messages.text());
      };
      this.asked?.reject(this.failure());
      this.asked = null;
    });
  }

  /**
   * Starts it, without a question. The time limit is that of all its questions together.
   * @throws AppError `cancelled`, `toolNotStarted`, `argumentUnsayable`
   */
  static async start(
    psql: string,
    connection: LibpqConnection,
    { signal, timeoutMs }: QueryOptions,
  ): Promise<OpenPsql> {
    if (signal?.aborted === true) throw new AppError('cancelled', {});
    // Loaded on demand: a window that only shows files starts no program.
    const loaded = await import('../connections/startTool');
    const [env] = await Promise.all([environmentNow(connection), argumentsAreUtf8()]);
    const program = startPsql(loaded.startTool, psql, {
      args: connection.args,
      env,
      timeout: timeoutMs,
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    });
    return new OpenPsql(program, (result, stderr) => {
      if (result.isCanceled) return new AppError('cancelled', {});
      if (result.timedOut) return new AppError('queryTimedOut', { seconds: timeoutMs / 1000 });
      if (result.exitCode === undefined && result.signal === undefined) {
        return notStarted(psql, result.code ?? '');
      }
      // It has printed something else than the answer, whose end is marked.
      if (result.exitCode === 0) return new AppError('answerUnusable', { reason: 'noJson' });
      return failureOf(connection, result.exitCode, stderr);
    });
  }

  /** It has ended, or is about to. */
  get isClosed(): boolean {
    return this.closed;
  }

  /** Can it be asked now? */
  get isOpen(): boolean {
    return !this.closed && this.asked === null;
  }

  /**
   * What the script prints. `signal` ends psql, and with it what the server does for it.
   * @throws AppError as {@link runQuery}; `internal` where it has not answered yet
   */
  async ask(script: string, signal?: AbortSignal): Promise<string> {
    return textOf(await this.askPieces(script, signal));
  }

  /**
   * The same, in the pieces that came.
   * @throws AppError as `ask`
   */
  async askPieces(script: string, signal?: AbortSignal): Promise<readonly Buffer[]> {
    if (this.asked !== null) throw new AppError('internal', { text: 'psql is being asked' });
    clearTimeout(this.idle);
    const stop = (): void => {
      this.cancelled = true;
      this.closed = true;
      this.program.stop();
    };
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
    try {
      return await new Promise((resolve, reject) => {
        if (this.failure !== null) {
          reject(this.failure());
          return;
        }
        this.asked = { resolve, reject };
        // One that is about to end does nothing more; its end is the answer.
        if (this.closed) return;
        this.program.stdin.write(`${script}\n\\echo '${END}'\n`);
      });
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Ends it when it has not been asked for so long. */
  endIdle(milliseconds: number): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => void this.end(), milliseconds).unref();
  }

  /** Nothing else will be asked. Resolves when psql is gone. */
  async end(): Promise<void> {
    clearTimeout(this.idle);
    this.closed = true;
    this.program.stdin.end();
    await this.ended;
  }

  private take(chunk: Buffer): void {
    this.length += chunk.length;
    if (this.length > MAX_ANSWER_BYTES) {
      if (this.answer.length > 0) this.program.stop();
      this.answer = [];
      return;
    }
    this.answer.push(chunk);
    const newest = chunk.subarray(-MOST_OF_END).toString('latin1');
    this.tail = (this.tail + newest).slice(-MOST_OF_END);
    const [mark] = ENDS.exec(this.tail) ?? [];
    if (mark === undefined || this.asked === null) return;
    const answer = withoutEnd(this.answer, mark.length);
    [this.answer, this.length, this.tail] = [[], 0, ''];
    const { resolve } = this.asked;
    this.asked = null;
    resolve(answer);
  }
}

function startPsql(
  start: typeof startTool,
  psql: string,
  {
    args,
    ...options
  }: {
    args: readonly string[];
    env: Readonly<Record<string, string>>;
    timeout: number;
    cancelSignal?: AbortSignal;
  },
) {
  const settings = ['--set=ON_ERROR_STOP=1', '--set=VERBOSITY=verbose'];
  return start(psql, [...BARE_ANSWERS, ...settings, ...args], {
    ...options,
    // Neither the workspace's directory nor a directory that may be removed.
    cwd: path.dirname(psql),
    env: { ...options.env, PGCLIENTENCODING: 'UTF8' },
    stdio: ['pipe', 'pipe', 'pipe'],
    // SIGINT makes psql cancel the query on the server; SIGTERM would leave the query running.
    killSignal: 'SIGINT',
  });
}

/** psql ends with 2 when the connection could not be made or was lost, with 3 on an SQL error. */
function failureOf(
  connection: LibpqConnection,
  exitCode: number | undefined,
  stderr: string,
): AppError {
  const { sqlState, text } = readServerError(stderr);
  const options = { cause: new ServerRefusal(sqlState) };
  const { label } = connection;
  if (connection.env[KEY_PASSPHRASE] !== undefined && isKeyUnreadable(stderr)) {
    return new AppError('keyLocked', { connection: label }, options);
  }
  if (exitCode === 3) return new AppError('queryFailed', { text }, options);
  const cause = classifyFailure(stderr);
  if (cause === 'passwordMissing') {
    return new AppError('passwordRequired', { connection: label }, options);
  }
  // A password is requested only for an error that a password can change.
  if (cause === 'authentication' && mayPasswordHelp(stderr)) {
    return new AppError('authenticationFailed', { connection: label, text }, options);
  }
  if (cause === 'databaseMissing') {
    const database = connection.database ?? '';
    return new AppError('databaseMissing', { database, connection: label }, options);
  }
  return new AppError('connectFailed', { connection: label, text }, options);
}
