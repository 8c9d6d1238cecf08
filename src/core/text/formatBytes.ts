import * as l10n from '@vscode/l10n';

/** Bytes as PostgreSQL's own `pg_size_pretty` counts them (1 kB = 1024 bytes), e.g. `1.1 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return l10n.t('{0} bytes', bytes);
  let value = bytes;
  let unit = 'bytes';
  for (unit of ['kB', 'MB', 'GB', 'TB']) {
    value /= 1024;
    // One below the next unit rounds up into it: not "1024 MB".
    if (value < 1023.5) break;
  }
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${unit}`;
}
