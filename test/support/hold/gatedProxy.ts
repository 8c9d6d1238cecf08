import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ServerCoordinates } from '../machine/server';

/** More than what tools ask of the catalog and are answered, in bytes. */
const FREE_BYTES = 1_000_000;

/** What is held: what a tool reads of the server, or what it writes to it. */
export type Held = 'answers' | 'requests';

interface Passage {
  readonly source: Socket;
  passed: number;
}

/**
 * A socket before a server's, which lets only so many bytes of its answers, or of what it is asked,
 * through on each connection until it is told to let more through. A tool that dumps or loads rows
 * stands still in their middle, however fast or busy the machine is.
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

  /** Does somebody wait for more? */
  get holds(): boolean {
    return [...this.passages].some(
      ({ source, passed }) => passed >= this.allowed && !source.closed,
    );
  }

  /** Lets so many more bytes through on each connection. */
  letThrough(bytes: number): void {
    this.allowed += bytes;
    for (const { source, passed } of this.passages) if (passed < this.allowed) source.resume();
  }

  /** From now on as at first. */
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
