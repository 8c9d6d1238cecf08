/** Limit for untrusted input: more ids than any dump has. */
const MAX_IDS = 5_000_000;

/** Writes ids as ranges, e.g. `0-4,9`. The ids of a schema are consecutive, so the text is short. */
export function encodeIds(ids: readonly number[]): string {
  const sorted = [...new Set(ids)].sort((a, b) => a - b);
  const ranges: string[] = [];
  for (let i = 0; i < sorted.length; i++) {
    const first = sorted[i] ?? 0;
    let last = first;
    while (sorted[i + 1] === last + 1) last = sorted[++i] ?? last;
    ranges.push(first === last ? String(first) : `${first}-${last}`);
  }
  return ranges.join(',');
}

/** Decodes the output of `encodeIds`; malformed parts are left out. */
export function decodeIds(text: string): number[] {
  const ids: number[] = [];
  for (const range of text.split(',')) {
    const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(range);
    if (match === null) continue;
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    for (let id = first; id <= last && ids.length < MAX_IDS; id++) ids.push(id);
  }
  return ids;
}
