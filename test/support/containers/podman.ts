import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensurePrograms } from '../install/extraPrograms';
import { ContainerEngine } from './engine';

const PODMAN = {
  name: 'podman',
  packages: ['podman', 'conmon', 'runc', 'golang-github-containers-common', 'busybox-static'],
  programs: ['usr/bin/podman', 'usr/bin/conmon', 'usr/sbin/runc'],
} as const;

/** A podman that needs no daemon. */
export class Podman extends ContainerEngine {
  readonly by = 'podman';

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

  async stop(): Promise<void> {
    await this.run('rm', '--force', '--time', '0', '--all');
    await this.removeFolder();
  }
}
