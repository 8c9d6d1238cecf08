import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './freePort';
import { until } from '../until';
import { ensurePrograms } from '../install/extraPrograms';
import type { ServerCoordinates } from './server';
import { serverUser } from './serverUser';

const PGBOUNCER = {
  name: 'pgbouncer',
  packages: ['pgbouncer'],
  programs: ['usr/sbin/pgbouncer'],
} as const;

/** A pgbouncer before a server. */
export class Pooler {
  private constructor(
    private readonly dir: string,
    readonly port: number,
    private readonly process: ChildProcess,
  ) {}

  /**
   * Starts it, with further settings; the superuser logs in with the password of the server, and may ask
   * what it does (in the database `pgbouncer`).
   */
  static async start(
    server: ServerCoordinates,
    mode: 'transaction' | 'session',
    settings: Readonly<Record<string, number>> = {},
  ): Promise<Pooler> {
    const [program = ''] = await ensurePrograms(PGBOUNCER);
    const dir = await mkdtemp(path.join(tmpdir(), 'pg-pooler-'));
    const port = await freePort();
    const users = path.join(dir, 'users');
    const config = path.join(dir, 'pgbouncer.ini');
    await writeFile(users, `"${server.user}" "${server.password}"\n`, { mode: 0o600 });
    await writeFile(
      config,
      [
        '[databases]',
        `* = host=${server.host} port=${server.port}`,
        '[pgbouncer]',
        'listen_addr = 127.0.0.1',
        `listen_port = ${port}`,
        'unix_socket_dir =',
        'auth_type = scram-sha-256',
        `auth_file = ${users}`,
        `pool_mode = ${mode}`,
        `admin_users = ${server.user}`,
        ...Object.entries(settings).map(([name, value]) => `${name} = ${value}`),
        '',
      ].join('\n'),
    );
    const owner = serverUser();
    if (owner !== undefined) {
      for (const file of [dir, users, config]) await chown(file, owner.uid, owner.gid);
    }
    await chmod(dir, 0o700);
    const child = spawn(program, [config], {
      stdio: 'ignore',
      ...(owner === undefined ? {} : { uid: owner.uid, gid: owner.gid }),
    });
    await until(() => accepts(port), 'pgbouncer listens');
    return new Pooler(dir, port, child);
  }

  async stop(): Promise<void> {
    this.process.kill('SIGKILL');
    await rm(this.dir, { recursive: true, force: true });
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
