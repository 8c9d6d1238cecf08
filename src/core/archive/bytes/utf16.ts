import type { ScriptEncoding } from '../../model/archive';

/** For TextDecoder, which leaves out a byte order mark. */
export const ENCODING_LABELS: Readonly<Record<ScriptEncoding, string>> = {
  utf8: 'utf-8',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
};

const MARKS = [
  ['utf16le', Buffer.from([0xff, 0xfe])],
  ['utf16be', Buffer.from([0xfe, 0xff])],
] as const;

/** Text of SQL is ASCII for the most part, whatever the names and the comments are in. */
const MOST = 0.25;
/** Letters whose low byte is zero are rare: one of 256, if any. */
const FEW = 0.01;

/** Is a text in UTF-16, and in which order? By its mark; without one, by where its zeros are. */
export function utf16Of(head: Buffer): 'utf16le' | 'utf16be' | null {
  for (const [encoding, mark] of MARKS) if (head.subarray(0, 2).equals(mark)) return encoding;
  const pairs = head.length >> 1;
  if (pairs < 4) return null;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < pairs * 2; at += 2) {
    if (head[at] === 0) even++;
    if (head[at + 1] === 0) odd++;
  }
  if (odd >= pairs * MOST && even <= pairs * FEW) return 'utf16le';
  return even >= pairs * MOST && odd <= pairs * FEW ? 'utf16be' : null;
}
