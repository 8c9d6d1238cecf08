import * as l10n from '@vscode/l10n';

/** A count in full: `1,234,567`. */
export function formatNumber(count: number): string {
  return Math.round(count).toLocaleString();
}

/** A count in brief: `1.2M`, three digits. */
export function formatBrief(count: number): string {
  return count.toLocaleString(undefined, { notation: 'compact', maximumSignificantDigits: 3 });
}

/** A running or finished duration: `0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) {
    return l10n.t('{0} s', seconds.toLocaleString(undefined, { maximumFractionDigits: 1 }));
  }
  const whole = Math.round(seconds);
  if (whole < 60) return l10n.t('{0} s', whole);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (whole < 3600) return l10n.t('{0} min {1} s', Math.floor(whole / 60), two(whole % 60));
  const minutes = Math.round(whole / 60);
  return l10n.t('{0} h {1} min', Math.floor(minutes / 60), two(minutes % 60));
}

/** The moment as the user's calendar shows it; what cannot be read as one comes back as it is. */
export function formatDate(iso: string): string {
  const date = new Date(iso);
  if (iso === '' || Number.isNaN(date.getTime())) return iso;
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** The last part of a path of any system. */
export function baseName(path: string): string {
  const parts = path.split(/[\\/]/).filter((part) => part !== '');
  return parts.at(-1) ?? path;
}
