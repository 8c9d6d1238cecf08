import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ServerCoordinates } from '../machine/server';

/**
 * Bytes that pass at first: more than the queries of tools about the catalog and their answers
 * have.
 */
const FREE_BYTES = 1_000_000;

/** The direction that is held back: the server's answers, or the tool's requests. */
export type Held = 'answers' | 'requests';

interface Passage {
  readonly source: Socket;
  passed: number;
}

/**
 * A socket in front of a server's, which lets a limited number of bytes of the answers, or of the
 * requests, through on each connection, and more when it is told so. A tool that dumps or loads
 * rows is held in their middle, however fast or busy the machine is.
 */
export class GatedProxy {
  private allowed = FREE_BYTES;
  private readonly passages = new Set<Passage>();

  private constructor(
    private readonly dir: string,
    private readonly listener: Server,
    /** The server as it is reached through the gate. */
    readonly server: ServerCoordinates,
    private readonly held: Held,
  ) {}

  static async open(server: ServerCoordinates, held: Held = 'answers'): Promise<GatedProxy> {
    const dir = await mkdtemp(path.join(tmpdir(), 'gate-'));
    const name = `.s.PGSQL.${server.port}`;
    const listener = createServer((client) =>
      proxy.pass(client, connect(path.join(server.socketDir, name))),
    );
    const proxy = new GatedProxy(dir, listener, { ...server, host: dir, socketDir: dir }, held);
    await new Promise<void>((resolve) => listener.listen(path.join(dir, name), resolve));
    return proxy;
  }

  /** Does a connection wait for more bytes to pass? */
  get holds(): boolean {
    return [...this.passages].some(
      ({ source, passed }) => passed >= this.allowed && !source.closed,
    );
  }

  /** Lets `bytes` more bytes through on each connection. */
  letThrough(bytes: number): void {
    this.allowed += bytes;
    for (const { source, passed } of this.passages) if (passed < this.allowed) source.resume();
  }

  /** Limits connections again as at the start. */
  shut(): void {
    this.allowed = FREE_BYTES;
  }

  async close(): Promise<void> {
    for (const { source } of this.passages) source.destroy();
    await new Promise<void>((resolve) => this.listener.close(() => resolve()));
    await rm(this.dir, { recursive: true, force: true });
  }

  private pass(client: Socket, server: Socket): void {
    const [source, sink] = this.held === 'answers' ? [server, client] : [client, server];
    const passage = { source, passed: 0 };
    this.passages.add(passage);
    sink.pipe(source);
    source.on('data', (chunk: Buffer) => {
      passage.passed += chunk.length;
      if (!sink.write(chunk) || passage.passed >= this.allowed) source.pause();
    });
    sink.on('drain', () => {
      if (passage.passed < this.allowed) source.resume();
    });
    for (const socket of [client, server]) socket.on('error', () => undefined);
    source.on('close', () => {
      this.passages.delete(passage);
      sink.end();
    });
    sink.on('close', () => source.destroy());
  }
}
