import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, openSync, closeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensurePrograms } from '../install/extraPrograms';
import { stopAtExit } from '../machine/cleanup';
import { until } from '../until';
import { ContainerEngine } from './engine';

const DOCKER = {
  name: 'docker',
  packages: ['docker.io', 'containerd', 'runc', 'tini', 'busybox-static'],
  programs: [
    'usr/bin/docker',
    'usr/sbin/dockerd',
    'usr/bin/containerd',
    'usr/bin/containerd-shim-runc-v2',
    'usr/sbin/runc',
  ],
} as const;

/** Folders that the daemon makes outside of its own. */
const MADE_BY_DAEMON = ['/etc/docker', '/opt/containerd', '/run/docker', '/run/containerd'];

/** A docker with a daemon of its own, which needs root. */
export class Docker extends ContainerEngine {
  readonly by = 'docker';
  private daemon: ChildProcess | undefined;
  private readonly strays = MADE_BY_DAEMON.filter((folder) => !existsSync(folder));

  /** @throws Error when its daemon does not come up on this machine, with the end of its log */
  static async start(): Promise<Docker> {
    const [program = '', daemon = ''] = await ensurePrograms(DOCKER);
    const busybox = program.replace(/usr\/bin\/docker$/, 'bin/busybox');
    const dir = await mkdtemp(path.join(tmpdir(), 'pg-docker-'));
    const socket = `unix://${path.join(dir, 'socket')}`;
    const env = { DOCKER_HOST: socket, DOCKER_CONFIG: dir, HOME: dir };
    const docker = new Docker(dir, path.dirname(program), env);
    try {
      await docker.launch(daemon, socket);
      await docker.makeImage(busybox);
      return docker;
    } catch (error) {
      await docker.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    const names = await this.run('ps', '-aq').catch(() => '');
    for (const name of names.split('\n').filter(Boolean)) await this.run('rm', '--force', name);
    const { daemon } = this;
    if (daemon?.exitCode === null) {
      daemon.kill('SIGTERM');
      await until(() => daemon.exitCode !== null || daemon.signalCode !== null, 'it ends');
    }
    await this.removeFolder();
    for (const folder of this.strays) await rm(folder, { recursive: true, force: true });
  }

  private async launch(program: string, socket: string): Promise<void> {
    const at = (name: string): string => path.join(this.dir, name);
    const log = openSync(at('log'), 'w');
    const folders = [program, path.join(this.binDir, 'containerd')].map((f) => path.dirname(f));
    const daemon = spawn(
      program,
      [
        ...['--data-root', at('data'), '--exec-root', at('exec'), '-H', socket],
        ...['--pidfile', at('pid'), '--bridge=none', '--iptables=false', '--ip6tables=false'],
        ...['--ip-forward=false', '--ip-masq=false'],
      ],
      {
        stdio: ['ignore', log, log],
        env: { ...process.env, HOME: this.dir, PATH: [...folders, process.env['PATH']].join(':') },
      },
    );
    closeSync(log);
    this.daemon = daemon;
    stopAtExit({ stop: async () => undefined, stopNow: () => void daemon.kill('SIGTERM') });
    await until(async () => {
      if (daemon.exitCode !== null) {
        throw new Error(readFileSync(at('log'), 'utf8').split('\n').slice(-5).join('\n'));
      }
      return this.run('version').then(
        () => true,
        () => false,
      );
    }, 'the daemon answers');
  }
}
