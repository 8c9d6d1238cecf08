import { access, copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { constants, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../machine/run';
import type { ServerCoordinates } from '../machine/server';
import { until } from '../until';

/** Names under which busybox is in the images. */
const APPLETS = 'sh cat grep kill ls readlink rm sleep'.split(' ');

/** Name of the image, which holds a shell; PostgreSQL is mounted into its containers. */
const IMAGE = 'localhost/shell';

/**
 * An engine whose images and containers are in a folder that `stop` removes. The containers use the
 * machine's network, so none is set up for them.
 */
export abstract class ContainerEngine {
  abstract readonly by: 'docker' | 'podman';

  protected constructor(
    protected readonly dir: string,
    /** Folder with its program, for PATH. */
    readonly binDir: string,
    /** Variables by which the program finds its folder. */
    readonly env: Readonly<Record<string, string>>,
  ) {}

  /** Ends all its containers and removes them, with everything else of it. */
  abstract stop(): Promise<void>;

  /** What its program prints. */
  run(...args: string[]): Promise<string> {
    const { PATH = '' } = process.env;
    const env = { ...this.env, PATH: `${this.binDir}:${PATH}` };
    return run(path.join(this.binDir, this.by), args, { env });
  }

  /** A container with the programs of a server's PostgreSQL, which does nothing by itself. */
  async container(name: string, { binDir }: ServerCoordinates): Promise<void> {
    const root = binDir.slice(0, binDir.indexOf('/usr/lib/postgresql/'));
    const mounted = root === '' ? '/usr/lib/postgresql' : root;
    await this.run(
      ...['run', '-d', '--network', 'host', '--name', name],
      ...['--volume', `${mounted}:${mounted}:ro`],
      ...['--env', `PATH=${binDir}:/bin`, IMAGE, '/bin/sleep', '600'],
    );
  }

  protected async makeImage(busybox: string): Promise<void> {
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

  /** Removes the folder, once no process uses it any more. */
  protected async removeFolder(): Promise<void> {
    // The process that watches a container ends a moment after it, and writes files before.
    await until(() => !this.isUsed(), `${this.by} has ended`);
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
}
