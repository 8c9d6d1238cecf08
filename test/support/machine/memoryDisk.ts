import { readFileSync, statfsSync } from 'node:fs';

const MEMORY_DISK = '/dev/shm';
const GIBIBYTE = 2 ** 30;
/** Servers and files of all lanes together take less than a third of it. */
const NEEDED_BYTES = 8 * GIBIBYTE;

/** A file system in memory, as one of the mounts in `mounts` (Linux's /proc/mounts) describes it. */
export function holdsPrograms(mounts: string, directory: string): boolean {
  const fields = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .findLast(([, at]) => at === directory);
  const [, , type, options = ''] = fields ?? [];
  return type === 'tmpfs' && !options.split(',').includes('noexec');
}

/**
 * Where temporary files cost least: servers make and remove some hundred files for each database,
 * which takes a journaling file system ten times as long as memory. Undefined where there is no such
 * place, where programs cannot be run from it, and where memory is scarce.
 */
export function memoryDisk(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const { bavail, bsize } = statfsSync(MEMORY_DISK);
    const room = Math.min(bavail * bsize, process.availableMemory());
    const fits = holdsPrograms(readFileSync('/proc/mounts', 'utf8'), MEMORY_DISK);
    return fits && room >= NEEDED_BYTES ? MEMORY_DISK : undefined;
  } catch {
    return undefined;
  }
}
