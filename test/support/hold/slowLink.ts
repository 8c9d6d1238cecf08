import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ServerCoordinates } from '../machine/server';

/** Milliseconds between two shares of the rate. */
const TURN_MS = 20;
/** Turns whose share may be saved up: a link that was idle is not faster afterwards. */
const SAVED_TURNS = 5;

/**
 * A socket in front of a server's that lets so many bytes a second through in each direction, all
 * connections together: a server behind a slow link.
 */
export class SlowLink {
  private readonly sockets = new Set<Socket>();
  private readonly turn: NodeJS.Timeout;
  private readonly directions = [new Direction(), new Direction()] as const;

  private constructor(
    private readonly dir: string,
    private readonly listener: Server,
    /** The server as it is reached through the link. */
    readonly server: ServerCoordinates,
    bytesPerSecond: number,
  ) {
    const share = (bytesPerSecond * TURN_MS) / 1000;
    this.turn = setInterval(() => {
      for (const direction of this.directions) direction.grant(share);
    }, TURN_MS);
  }

  static async open(server: ServerCoordinates, bytesPerSecond: number): Promise<SlowLink> {
    const dir = await mkdtemp(path.join(tmpdir(), 'link-'));
    const name = `.s.PGSQL.${server.port}`;
    const listener = createServer((client) => {
      link.join(client, connect(path.join(server.socketDir, name)));
    });
    const there = { ...server, host: dir, socketDir: dir };
    const link = new SlowLink(dir, listener, there, bytesPerSecond);
    await new Promise<void>((resolve) => listener.listen(path.join(dir, name), resolve));
    return link;
  }

  async close(): Promise<void> {
    clearInterval(this.turn);
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.listener.close(() => resolve()));
    await rm(this.dir, { recursive: true, force: true });
  }

  private join(client: Socket, server: Socket): void {
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    const [up, down] = this.directions;
    up.carry(client, server);
    down.carry(server, client);
  }
}

/** One direction of the link. */
class Direction {
  private left = 0;
  private waiting: (() => void)[] = [];

  grant(share: number): void {
    this.left = Math.min(this.left + share, share * SAVED_TURNS);
    for (const go of this.waiting.splice(0)) go();
  }

  carry(source: Socket, sink: Socket): void {
    const pass = (chunk: Buffer): void => {
      if (this.left <= 0) {
        source.pause();
        this.waiting.push(() => pass(chunk));
        return;
      }
      this.left -= chunk.length;
      if (sink.write(chunk)) source.resume();
      else {
        source.pause();
        sink.once('drain', () => source.resume());
      }
    };
    let ended = false;
    source.on('data', pass);
    source.on('end', () => {
      if (!ended) sink.end();
      ended = true;
    });
  }
}
