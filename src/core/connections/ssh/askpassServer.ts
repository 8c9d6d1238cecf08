import { randomBytes, timingSafeEqual } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { TemporaryFolder } from '../../files/temporaryFolder';
import { askpassScript } from './askpassScript';
import { MAX_PROMPT_LENGTH, TOKEN, type AskpassAnswer, type AskpassQuestion } from './askpassWire';

/** Characters of JSON may take six. */
const MAX_LINE = 6 * MAX_PROMPT_LENGTH + 1000;
/** Longer folders leave too little of the 104 bytes that the path of a socket may have. */
const MAX_FOLDER = 60;

export interface AskpassOptions {
  /** Absolute path of the bundle of `askpass`. */
  program: string;
  /** The signal is aborted when the question is withdrawn. null = no answer. */
  answer: (question: Omit<AskpassQuestion, 'token'>, signal: AbortSignal) => Promise<string | null>;
  /** Has the folder removed should this process be killed; returns what ends that. */
  guardFolder?: ((folder: string) => () => void) | undefined;
}

/** Listens for the questions of one login. */
export interface AskpassServer {
  /** What `ssh` needs in its environment to ask. */
  readonly env: Readonly<Record<string, string>>;
  /** Withdraws all questions, and removes what is on disk. */
  close(): void;
}

/**
 * Makes a private folder with a socket and a script that `ssh` can run, for as long as it logs in.
 * What is on disk holds no secret; answers go through the socket alone.
 *
 * @throws an error of the system when the folder cannot be made
 */
export async function listenForPrompts({
  program,
  answer,
  guardFolder,
}: AskpassOptions): Promise<AskpassServer> {
  const windows = process.platform === 'win32';
  const temporary = os.tmpdir();
  const base = !windows && Buffer.byteLength(temporary) > MAX_FOLDER ? '/tmp' : temporary;
  const folder = new TemporaryFolder('pgbackup-ask-', base);
  const unguard = guardFolder?.(folder.path);
  // What this process cannot remove is left to the guard.
  const remove = (): void => void folder.remove().then((isGone) => isGone && unguard?.());
  const token = randomBytes(32).toString('hex');
  const name = `pgbackup-ask-${randomBytes(16).toString('hex')}`;
  const pipe = windows ? `\\\\.\\pipe\\${name}` : path.join(folder.path, 'socket');
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, token, answer);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(pipe, resolve);
    });
    const script = askpassScript({ node: process.execPath, program, pipe });
    const file = path.join(folder.path, script.name);
    // At once: a program that is started meanwhile would inherit an open file, which cannot be run.
    writeFileSync(file, script.text, { mode: 0o700 });
    const close = (): void => {
      server.close();
      for (const socket of sockets) socket.destroy();
      remove();
    };
    return { env: { SSH_ASKPASS: file, SSH_ASKPASS_REQUIRE: 'force', [TOKEN]: token }, close };
  } catch (error) {
    server.close();
    remove();
    throw error;
  }
}

function serve(socket: net.Socket, token: string, answer: AskpassOptions['answer']): void {
  const controller = new AbortController();
  let text = '';
  socket.setEncoding('utf8');
  socket.on('error', () => undefined);
  socket.on('close', () => controller.abort());
  const read = (chunk: string | Buffer): void => {
    text += String(chunk);
    const end = text.indexOf('\n');
    if (end < 0 && text.length <= MAX_LINE) return;
    socket.off('data', read);
    const question = end < 0 ? null : decode(text.slice(0, end));
    if (question === null || !isSame(question.token, token)) {
      socket.destroy();
      return;
    }
    // It tells when the other side has gone only while it is read.
    socket.resume();
    void answer(question, controller.signal).then(
      (given) => socket.end(JSON.stringify({ answer: given } satisfies AskpassAnswer)),
      () => socket.destroy(),
    );
  };
  socket.on('data', read);
}

function decode(line: string): AskpassQuestion | null {
  try {
    const { token, prompt, hint, login } = JSON.parse(line) as Partial<AskpassQuestion>;
    const texts = typeof token === 'string' && typeof prompt === 'string';
    if (!texts || typeof hint !== 'string' || typeof login !== 'number') return null;
    return { token, prompt, hint, login };
  } catch {
    return null;
  }
}

function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
