const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// To make one takes ten times as long as to use it, and a view can have 10,000 rows.
let moments: Intl.DateTimeFormat | undefined;
let ages: Intl.RelativeTimeFormat | undefined;

/** The moment as the user's calendar shows it; what cannot be read as one comes back as it is. */
export function formatDate(iso: string): string {
  const date = new Date(iso);
  if (iso === '' || Number.isNaN(date.getTime())) return iso;
  moments ??= new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  return moments.format(date);
}

/**
 * How long ago that was, in the words of the user's language: `10 minutes ago`, `yesterday`. After a
 * month the date says more. What cannot be read as a moment comes back as it is.
 *
 * @param now milliseconds
 */
export function formatRelative(iso: string, now: number = Date.now()): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return iso;
  const ago = now - time;
  // Clocks of two machines differ a little.
  if (ago < -MINUTE || ago >= 30 * DAY) return formatDate(iso);
  ages ??= new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
  if (ago < MINUTE) return ages.format(0, 'second');
  if (ago < HOUR) return ages.format(-Math.floor(ago / MINUTE), 'minute');
  if (ago < DAY) return ages.format(-Math.floor(ago / HOUR), 'hour');
  return ages.format(-Math.floor(ago / DAY), 'day');
}
