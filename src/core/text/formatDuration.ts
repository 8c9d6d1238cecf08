import * as l10n from '@vscode/l10n';

/** Made once: a view shows thousands of durations. */
let tenths: Intl.NumberFormat | undefined;

/** A running or finished duration in milliseconds: `0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) {
    tenths ??= new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
    return l10n.t('{0} s', tenths.format(seconds));
  }
  const whole = Math.round(seconds);
  if (whole < 60) return l10n.t('{0} s', whole);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (whole < 3600) return l10n.t('{0} min {1} s', Math.floor(whole / 60), two(whole % 60));
  const minutes = Math.round(whole / 60);
  return l10n.t('{0} h {1} min', Math.floor(minutes / 60), two(minutes % 60));
}

/**
 * An estimate in milliseconds, no finer than it deserves, so that it does not flicker: whole
 * seconds below a minute, then steps of ten seconds, from ten minutes on whole minutes.
 */
export function formatRemaining(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 55) return formatDuration(Math.max(1, Math.round(seconds)) * 1000);
  if (seconds < 595) return formatDuration(Math.round(seconds / 10) * 10_000);
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? l10n.t('{0} min', minutes) : formatDuration(minutes * 60_000);
}
