import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { libpqEnv } from './psql';
import type { ServerCoordinates } from './server';

/** psql's exit code when it lost the server. */
const LOST_SERVER = 2;
const END = 'end of the answer';

interface Question {
  readonly rows: string[];
  readonly answer: (rows: string) => void;
  readonly fail: (error: SessionEnded) => void;
}

class SessionEnded extends Error {
  constructor(
    readonly code: number | null,
    complaint: string,
  ) {
    super(`psql ended with ${code}: ${complaint}`);
  }
}

/** A psql that stays connected and runs one query after the other. */
class AdminSession {
  isOpen = true;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly questions: Question[] = [];
  private complaint = '';

  constructor(server: ServerCoordinates) {
    const args = ['-X', '-w', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];
    const env = { ...process.env, ...libpqEnv(server, 'postgres') };
    this.child = spawn(path.join(server.binDir, 'psql'), args, { env });
    createInterface(this.child.stdout).on('line', (line) => this.take(line));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.complaint += text));
    // psql may have ended before the query is written.
    this.child.stdin.on('error', () => undefined);
    this.child.once('error', (error) => this.end(null, error.message));
    this.child.once('close', (code) => this.end(code, this.complaint));
  }

  ask(sql: string): Promise<string> {
    return new Promise((answer, fail) => {
      this.questions.push({ rows: [], answer, fail });
      this.keepProcess(true);
      const statement = sql.trimEnd().endsWith(';') ? sql : `${sql};`;
      this.child.stdin.write(`${statement}\n\\echo ${END}\n`);
    });
  }

  async leave(): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    const ended = new Promise<void>((resolve) => this.child.once('close', () => resolve()));
    this.keepProcess(true);
    this.child.stdin.end();
    await ended;
  }

  private take(line: string): void {
    const [question] = this.questions;
    if (line !== END) {
      question?.rows.push(line);
      return;
    }
    this.questions.shift();
    if (this.questions.length === 0) this.keepProcess(false);
    question?.answer(question.rows.join('\n'));
  }

  private end(code: number | null, complaint: string): void {
    this.isOpen = false;
    const [failed, ...others] = this.questions.splice(0);
    failed?.fail(new SessionEnded(code, complaint));
    // psql has not read the later queries.
    for (const { fail } of others) fail(new SessionEnded(LOST_SERVER, complaint));
  }

  /** Lets the session keep this process alive only while a query runs. */
  private keepProcess(keep: boolean): void {
    const { stdin, stdout, stderr } = this.child;
    for (const handle of [this.child, stdin as Socket, stdout as Socket, stderr as Socket]) {
      if (keep) handle.ref();
      else handle.unref();
    }
  }
}

/** Sessions of this process, by host and port. */
const sessions = new Map<string, AdminSession>();

/**
 * Ends the sessions in the database `postgres`, so that it can be dropped; the next query connects
 * again.
 */
export async function leaveAdminSessions(): Promise<void> {
  await Promise.all([...sessions.values()].map((session) => session.leave()));
  sessions.clear();
}

/**
 * Runs SQL in the database `postgres`, in one session that stays connected: starting a psql for
 * each query takes longer than most queries. For statements that leave nothing behind in their
 * session. Returns rows like `psql`.
 */
export async function adminQuery(server: ServerCoordinates, sql: string): Promise<string> {
  const key = JSON.stringify([server.host, server.port, server.user, server.password]);
  const known = sessions.get(key);
  if (known?.isOpen !== true) {
    const session = new AdminSession(server);
    sessions.set(key, session);
    return session.ask(sql);
  }
  try {
    return await known.ask(sql);
  } catch (error) {
    // The server was restarted since the last query.
    if (error instanceof SessionEnded && error.code === LOST_SERVER) return adminQuery(server, sql);
    throw error;
  }
}
