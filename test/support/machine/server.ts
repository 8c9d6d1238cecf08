import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stopAtExit } from './cleanup';
import { freePort } from './freePort';
import { giveToServer, isAscii, makeCluster, scramSecret, SUPERUSER } from './newCluster';
import type { PostgresInstall } from '../install/postgres';
import { psql, quoteIdent, quoteLiteral } from './psql';
import { run } from './run';
import { serverUser } from './serverUser';

/** How a throw-away server is set up. */
export interface ServerOptions {
  /** Authentication method for all users in pg_hba.conf. Default `scram-sha-256`. */
  readonly auth?: 'scram-sha-256' | 'trust';
  /** Lines put before the rule for everybody in pg_hba.conf. */
  readonly hbaLines?: readonly string[];
  /** Settings for postgresql.conf, e.g. `{ max_connections: '20' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Writes that survive a crash. Off by default: the data is thrown away anyhow. */
  readonly durable?: boolean;
  /** The superuser's. A random one by default. */
  readonly password?: string;
  /** It becomes a standby of this server, which is started again meanwhile. */
  readonly standbyOf?: PgServer;
}

/** All that is needed to reach a server; plain JSON. */
export interface ServerCoordinates {
  readonly major: number;
  readonly version: string;
  /** The tools of the server's own version. */
  readonly binDir: string;
  readonly host: string;
  readonly port: number;
  readonly socketDir: string;
  readonly user: string;
  readonly password: string;
}

/** A running throw-away server. */
export interface PgServer extends ServerCoordinates {
  readonly install: PostgresInstall;
  readonly dataDir: string;
  readonly logFile: string;
  /** Stops the server as a crash would (SIGQUIT) and keeps its files, so that it can be started again. */
  crash(): Promise<void>;
  /** Starts it again, on the same port; one that still runs is stopped before. */
  restart(): Promise<void>;
  /** Ends the server and removes its files. Safe to call twice. */
  stop(): Promise<void>;
}

/** A password that nobody could have guessed or hard-coded. */
export function randomPassword(): string {
  return `pw ${randomBytes(9).toString('base64')}`;
}

/** Creates a cluster in a temporary directory, starts it and waits until it answers. */
export async function startServer(
  install: PostgresInstall,
  options: ServerOptions = {},
): Promise<PgServer> {
  // Short: a socket's path may have 107 bytes.
  const dir = await mkdtemp(path.join(tmpdir(), `pg${install.major}-`));
  const server = new ThrowAwayServer(install, dir);
  try {
    const firstPassword = await server.create(options);
    await server.launchOnFreePort();
    await server.changePassword(firstPassword);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

class ThrowAwayServer implements PgServer {
  readonly major: number;
  readonly version: string;
  readonly binDir: string;
  readonly host = '127.0.0.1';
  port = 0;
  readonly socketDir: string;
  readonly user = SUPERUSER;
  password = '';
  readonly dataDir: string;
  readonly logFile: string;
  private readonly owner = serverUser();
  private child: ChildProcess | undefined;
  private readonly forget: () => void;

  constructor(
    readonly install: PostgresInstall,
    private readonly dir: string,
  ) {
    this.major = install.major;
    this.version = install.version;
    this.binDir = install.binDir;
    this.socketDir = path.join(dir, 's');
    this.dataDir = path.join(dir, 'data');
    this.logFile = path.join(dir, 'server.log');
    this.forget = stopAtExit({
      stop: () => this.stop(),
      stopNow: () => {
        this.child?.kill('SIGQUIT');
        rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
      },
    });
  }

  private get env(): Record<string, string> {
    return { ...this.install.serverEnv, HOME: this.dir };
  }

  /** Resolves with the superuser's password of the cluster. */
  async create(options: ServerOptions): Promise<string> {
    this.password = options.password ?? randomPassword();
    await mkdir(this.socketDir);
    await writeFile(this.logFile, '');
    await chmod(this.dir, 0o755);
    for (const file of [this.dir, this.socketDir, this.logFile]) await giveToServer(file);
    const firstPassword = await this.fill(options.standbyOf);
    const settings = {
      listen_addresses: this.host,
      unix_socket_directories: this.socketDir,
      // The libraries for it are not unpacked.
      jit: 'off',
      ...(options.durable === true ? {} : { fsync: 'off', full_page_writes: 'off' }),
      ...options.settings,
    };
    const lines = Object.entries(settings).map(([k, v]) => `${k} = '${v.replaceAll("'", "''")}'`);
    await appendFile(path.join(this.dataDir, 'postgresql.conf'), `\n${lines.join('\n')}\n`);
    const hba = path.join(this.dataDir, 'pg_hba.conf');
    const rules = (await readFile(hba, 'utf8')).replaceAll(
      /^(local|host) (.*) scram-sha-256$/gm,
      `$1 $2 ${options.auth ?? 'scram-sha-256'}`,
    );
    await writeFile(hba, [...(options.hbaLines ?? []), rules].join('\n'));
    return firstPassword;
  }

  /** Fills the folder of its data, and resolves with the superuser's password. */
  private async fill(primary: PgServer | undefined): Promise<string> {
    if (primary === undefined) return makeCluster(this.install, this.dataDir, this.password);
    const { host, port, user, password } = primary;
    this.password = password;
    await primary.crash();
    await run('cp', ['-a', primary.dataDir, this.dataDir]);
    await primary.restart();
    await rm(path.join(this.dataDir, 'postmaster.pid'), { force: true });
    const signal = path.join(this.dataDir, 'standby.signal');
    await writeFile(signal, '');
    await giveToServer(signal);
    const quoted = password.replaceAll(/['\\]/g, '\\$&').replaceAll("'", "''");
    const info = `host=${host} port=${port} user=${user} password=''${quoted}''`;
    await appendFile(
      path.join(this.dataDir, 'postgresql.conf'),
      `\nprimary_conninfo = '${info}'\n`,
    );
    return password;
  }

  /** Gives the superuser the password of this server. */
  async changePassword(from: string): Promise<void> {
    // A cluster of 13 is made with one that is hashed 4096 times.
    if (from === this.password && this.major >= 14) return;
    const secret = isAscii(this.password) ? scramSecret(this.password) : this.password;
    // By the socket, because rules for hosts may refuse this connection.
    await psql(
      { ...this, host: this.socketDir, password: from },
      'postgres',
      `ALTER ROLE ${quoteIdent(this.user)} PASSWORD ${quoteLiteral(secret)};`,
    );
  }

  async launchOnFreePort(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      this.port = await freePort();
      try {
        await this.launch();
        return;
      } catch (error) {
        // Another process may have taken the port in between.
        const log = await readFile(this.logFile, 'utf8');
        if (attempt === 5 || !log.includes('could not bind')) throw error;
        await writeFile(this.logFile, '');
      }
    }
  }

  private async launch(): Promise<void> {
    const log = openSync(this.logFile, 'a');
    const postgres = path.join(this.binDir, 'postgres');
    const args = ['-D', this.dataDir, '-p', String(this.port)];
    const options = {
      cwd: this.dir,
      env: { ...process.env, ...this.env },
      stdio: ['ignore', log, log] as ['ignore', number, number],
    };
    const setpriv = '/usr/bin/setpriv';
    if (existsSync(setpriv)) {
      // The kernel stops the server even when we are killed without warning.
      const user = this.owner;
      const identity =
        user === undefined
          ? []
          : ['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups'];
      const wrapped = ['--pdeathsig', 'INT', ...identity, '--', postgres, ...args];
      this.child = spawn(setpriv, wrapped, options);
    } else {
      this.child = spawn(postgres, args, { ...options, ...this.owner });
    }
    closeSync(log);
    this.child.on('error', () => undefined);
    await this.waitUntilReady();
  }

  private async waitUntilReady(): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (Date.now() < deadline) {
      if (!this.isRunning()) break;
      // The last line of this file is the server's state.
      const state = await readFile(path.join(this.dataDir, 'postmaster.pid'), 'utf8').catch(
        () => '',
      );
      const lines = state.split('\n');
      if (lines[0] === String(this.child?.pid) && lines[7]?.startsWith('ready') === true) return;
      await delay(30);
    }
    const log = await readFile(this.logFile, 'utf8');
    await this.end('SIGQUIT');
    throw new Error(`PostgreSQL ${this.version} did not start:\n${log.slice(-2000)}`);
  }

  private isRunning(): boolean {
    const child = this.child;
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  private async end(first: 'SIGINT' | 'SIGQUIT'): Promise<void> {
    for (const signal of [first, 'SIGQUIT', 'SIGKILL'] as const) {
      if (!this.isRunning()) return;
      this.child?.kill(signal);
      const deadline = Date.now() + 5000;
      while (this.isRunning() && Date.now() < deadline) await delay(20);
    }
  }

  async crash(): Promise<void> {
    await this.end('SIGQUIT');
  }

  async restart(): Promise<void> {
    await this.end('SIGINT');
    await this.launch();
  }

  async stop(): Promise<void> {
    await this.end('SIGINT');
    await rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
    this.forget();
  }
}
