const SLOTS = 4096;
const LONGEST = 24;
/** The last text for each hash: the same words and names occur in a script again and again. */
const TEXTS = new Array<string>(SLOTS).fill('');

/**
 * `bytes[start, end)` as a string if it is short and ASCII, else null. Repeated words come from a
 * cache, which avoids a call into native code. All encodings of scripts contain ASCII.
 */
export function shortAscii(bytes: Buffer, start: number, end: number): string | null {
  if (end - start > LONGEST) return null;
  let hash = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte >= 128) return null;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  const slot = hash & (SLOTS - 1);
  const known = TEXTS[slot]!;
  if (isText(known, bytes, start, end)) return known;
  const text = bytes.toString('latin1', start, end);
  TEXTS[slot] = text;
  return text;
}

function isText(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
