import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { stopAtExit } from './cleanup';

/** What one client has sent. */
export interface Visit {
  /** `user`, `database`, `application_name`, … */
  readonly startup: Readonly<Record<string, string>>;
  /** The password in clear text; null = the client sent none. */
  password: string | null;
}

/**
 * A server that speaks just enough of PostgreSQL's protocol (version 3, "Message Flow") to ask
 * every client for its password in clear text, record it, and refuse the connection, as an
 * attacker's server would. It has no TLS.
 */
export class FakePostgres {
  readonly visits: Visit[] = [];
  /** Number of sockets that clients opened. */
  connections = 0;
  private readonly sockets = new Set<Socket>();
  private readonly forget: () => void;

  private constructor(
    private readonly server: Server,
    /** 0 for one that listens on a socket. */
    readonly port: number,
  ) {
    server.on('connection', (socket) => this.serve(socket));
    this.forget = stopAtExit({ stop: () => this.stop(), stopNow: () => undefined });
  }

  /** On a port of 127.0.0.1, or, with a directory, on the socket in it that port 5432 means. */
  static async start(socketDir?: string): Promise<FakePostgres> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      if (socketDir === undefined) server.listen(0, '127.0.0.1', resolve);
      else server.listen(path.join(socketDir, '.s.PGSQL.5432'), resolve);
    });
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    return new FakePostgres(server, port);
  }

  get passwords(): string[] {
    return this.visits.flatMap(({ password }) => password ?? []);
  }

  /** Forgets all visits. */
  clear(): void {
    this.visits.length = 0;
    this.connections = 0;
  }

  async stop(): Promise<void> {
    this.forget();
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private serve(socket: Socket): void {
    this.connections++;
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let bytes: Buffer = Buffer.alloc(0);
    let visit: Visit | null = null;
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (;;) {
        // Only the first messages come without a letter for their type.
        const head = visit === null ? 0 : 1;
        if (bytes.length < head + 4) return;
        const length = bytes.readInt32BE(head);
        if (bytes.length < head + length) return;
        const body = bytes.subarray(head + 4, head + length);
        const type = head === 0 ? '' : String.fromCharCode(bytes[0] ?? 0);
        bytes = bytes.subarray(head + length);
        if (visit !== null) this.answer(socket, visit, type, body);
        else visit = this.greet(socket, body);
      }
    });
  }

  /** null: the client asked for encryption, or wants to cancel; it begins anew. */
  private greet(socket: Socket, body: Buffer): Visit | null {
    const code = body.readInt32BE(0);
    if (code === 80877103 || code === 80877104) {
      socket.write('N');
      return null;
    }
    if (code >> 16 !== 3) {
      socket.destroy();
      return null;
    }
    const texts = body.toString('utf8', 4).split('\0');
    const startup: Record<string, string> = {};
    for (let i = 0; i + 1 < texts.length && texts[i] !== ''; i += 2) {
      startup[texts[i] ?? ''] = texts[i + 1] ?? '';
    }
    const visit: Visit = { startup, password: null };
    this.visits.push(visit);
    // AuthenticationCleartextPassword
    socket.write(message('R', Buffer.from([0, 0, 0, 3])));
    return visit;
  }

  private answer(socket: Socket, visit: Visit, type: string, body: Buffer): void {
    if (type === 'p') visit.password = body.toString('utf8', 0, body.length - 1);
    const fields = 'SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0';
    socket.end(message('E', Buffer.from(fields)));
  }
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
