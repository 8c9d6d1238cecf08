import { access, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { constants, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../until';
import { ensurePrograms } from '../install/extraPrograms';
import { run } from '../machine/run';
import type { ServerCoordinates } from '../machine/server';

const PODMAN = {
  name: 'podman',
  packages: ['podman', 'conmon', 'runc', 'golang-github-containers-common', 'busybox-static'],
  programs: ['usr/bin/podman', 'usr/bin/conmon', 'usr/sbin/runc'],
} as const;

/** Names under which busybox is in the images. */
const APPLETS = 'sh cat grep kill ls readlink rm sleep'.split(' ');

/** Name of the image, which holds a shell; PostgreSQL is mounted into its containers. */
const IMAGE = 'localhost/shell';

/**
 * A podman whose images and containers are in a folder that `stop` removes. The containers use the
 * machine's network, so none is set up for them.
 */
export class Podman {
  private constructor(
    private readonly dir: string,
    /** Folder with the program `podman`, for PATH. */
    readonly binDir: string,
    /** Variables by which podman finds its folder. */
    readonly env: Readonly<Record<string, string>>,
  ) {}

  /** @throws Error when containers cannot be run on this machine, with what podman says */
  static async start(): Promise<Podman> {
    const [program = '', conmon = '', runc = ''] = await ensurePrograms(PODMAN);
    const busybox = program.replace(/usr\/bin\/podman$/, 'bin/busybox');
    const dir = await mkdtemp(path.join(tmpdir(), 'pg-podman-'));
    const at = (name: string): string => path.join(dir, name);
    await writeFile(
      at('containers.conf'),
      [
        '[containers]',
        'netns = "host"',
        'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]',
        'default_sysctls = []',
        '[engine]',
        'cgroup_manager = "cgroupfs"',
        'events_logger = "file"',
        'runtime = "runc"',
        `conmon_path = ["${conmon}"]`,
        '[engine.runtimes]',
        `runc = ["${runc}"]`,
        '',
      ].join('\n'),
    );
    await writeFile(
      at('storage.conf'),
      [
        '[storage]',
        'driver = "overlay"',
        `runroot = "${at('run')}"`,
        `graphroot = "${at('store')}"`,
        '[storage.options.overlay]',
        'ignore_chown_errors = "true"',
        '',
      ].join('\n'),
    );
    await mkdir(at('.config/containers'), { recursive: true });
    const policy = '{"default":[{"type":"insecureAcceptAnything"}]}';
    await writeFile(at('.config/containers/policy.json'), policy);
    const podman = new Podman(dir, path.dirname(program), {
      CONTAINERS_CONF: at('containers.conf'),
      CONTAINERS_STORAGE_CONF: at('storage.conf'),
      HOME: dir,
      XDG_RUNTIME_DIR: dir,
    });
    await podman.makeImage(busybox);
    return podman;
  }

  /** What podman prints. */
  run(...args: string[]): Promise<string> {
    const { PATH = '' } = process.env;
    const env = { ...this.env, PATH: `${this.binDir}:${PATH}` };
    return run(path.join(this.binDir, 'podman'), args, { env });
  }

  /** A container with the programs of a server's PostgreSQL, which does nothing by itself. */
  async container(name: string, { binDir }: ServerCoordinates): Promise<void> {
    const root = binDir.slice(0, binDir.indexOf('/usr/lib/postgresql/'));
    const mounted = root === '' ? '/usr/lib/postgresql' : root;
    await this.run(
      ...['run', '-d', '--name', name, '--volume', `${mounted}:${mounted}:ro`],
      ...['--env', `PATH=${binDir}:/bin`, IMAGE, '/bin/sleep', '600'],
    );
  }

  /** Ends all its containers and removes them, with everything else of it. */
  async stop(): Promise<void> {
    await this.run('rm', '--force', '--time', '0', '--all');
    // The process that watches a container ends a moment after it, and writes files before.
    await until(() => !this.isUsed(), 'podman has ended');
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
    for (const line of mounts.reverse()) {
      const [, where = ''] = line.split(' ');
      if (where.startsWith(`${this.dir}/`)) await run('umount', [where]);
    }
    await rm(this.dir, { recursive: true, force: true });
  }

  private isUsed(): boolean {
    return readdirSync('/proc').some((name) => {
      try {
        return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`).includes(this.dir);
      } catch {
        return false;
      }
    });
  }

  private async makeImage(busybox: string): Promise<void> {
    const root = path.join(this.dir, 'root');
    for (const folder of ['bin', 'etc', 'tmp', 'proc', 'dev']) {
      await mkdir(path.join(root, folder), { recursive: true });
    }
    await copyFile(busybox, path.join(root, 'bin/busybox'), constants.COPYFILE_FICLONE);
    await access(path.join(root, 'bin/busybox'), constants.X_OK);
    for (const applet of APPLETS) await symlink('busybox', path.join(root, 'bin', applet));
    await writeFile(path.join(root, 'etc/passwd'), 'root:x:0:0:root:/tmp:/bin/sh\n');
    const tar = path.join(this.dir, 'root.tar');
    await run('tar', ['-C', root, '-cf', tar, '.']);
    await this.run('import', tar, IMAGE);
  }
}
