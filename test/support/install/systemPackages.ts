import { existsSync } from 'node:fs';
import path from 'node:path';
import { step } from '../tiers/steps';
import { hasDebianTools } from './debianPackages';
import { run } from '../machine/run';

/** Absolute path of a program on PATH, or undefined. */
export function findOnPath(name: string): string | undefined {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const dir of (process.env['PATH'] ?? '').split(path.delimiter)) {
    if (!path.isAbsolute(dir)) continue;
    for (const suffix of suffixes) {
      const file = path.join(dir, name + suffix);
      if (existsSync(file)) return file;
    }
  }
  return undefined;
}

/** Installs one after another: apt has one lock. */
let queue: Promise<unknown> = Promise.resolve();
let listsAreFresh = false;

/**
 * Installs Debian packages on this system, as root or through sudo. Throws with the line to type
 * when neither is possible.
 */
export async function installSystemPackages(packages: readonly string[]): Promise<void> {
  const line = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (!hasDebianTools()) {
    throw new Error(`missing on this system (names of Debian's packages): ${packages.join(', ')}`);
  }
  const asRoot = process.getuid?.() === 0;
  const sudo = findOnPath('sudo');
  if (!asRoot && sudo === undefined) throw new Error(`missing; as root run: ${line}`);
  const prefix = asRoot ? ['apt-get'] : ['sudo', ...(process.stdin.isTTY ? [] : ['-n']), 'apt-get'];
  const apt = async (...args: string[]): Promise<void> => {
    const [file = '', ...rest] = [...prefix, '-q', '-o', 'DPkg::Lock::Timeout=300', ...args];
    await run(file, rest, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
  };
  const task = queue.then(() =>
    step(`system packages ${packages.join(', ')}`, async () => {
      if (!listsAreFresh) await apt('update');
      listsAreFresh = true;
      await apt('install', '-y', '--no-install-recommends', ...packages);
    }),
  );
  queue = task.catch(() => undefined);
  try {
    await task;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`could not run: ${line}\n${reason}`);
  }
}
