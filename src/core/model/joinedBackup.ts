import type { BackupFormat, BackupOptions } from './options';

/**
 * pg_dump writes one file by one process. A custom archive by several jobs is written as a
 * directory, whose members are then joined into one file.
 */
export function isJoined({ format, jobs }: Pick<BackupOptions, 'format' | 'jobs'>): boolean {
  return format === 'custom' && jobs > 1;
}

/** The format that the tool itself writes. */
export function writtenFormat(options: Pick<BackupOptions, 'format' | 'jobs'>): BackupFormat {
  return isJoined(options) ? 'directory' : options.format;
}

/** The directory beside an output that its members are written to. */
export function membersPath(output: string): string {
  return `${output}.members`;
}
