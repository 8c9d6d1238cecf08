/** A count in full: `1,234,567`. */
export function formatNumber(count: number): string {
  return Math.round(count).toLocaleString();
}

/** A count in brief: `1.2M`, three digits. */
export function formatBrief(count: number): string {
  return count.toLocaleString(undefined, { notation: 'compact', maximumSignificantDigits: 3 });
}
