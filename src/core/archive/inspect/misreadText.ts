import { isUtf8 } from 'node:buffer';
import type { FileKind, MisreadLines } from '../../model/archive';
import { maskSecrets } from '../../secrets/mask';
import { decompressed } from '../compression/decompress';

/** How many lines are shown; the next constant limits each line. */
const SHOWN = 3;
const LONGEST_SHOWN = 200;
/** Of a longer line only the beginning is judged. */
const LONGEST_LINE = 64 << 10;

/** Upper halves of the code pages in which consoles and editors wrongly decode UTF-8. */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';
const CP850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';
const WINDOWS_1252 = new TextDecoder('windows-1252').decode(
  Uint8Array.from({ length: 128 }, (_, i) => 128 + i),
);

const CODE_PAGES = [CP437, CP850, WINDOWS_1252].map(
  (upper) => new Map([...upper].map((character, i) => [character, 128 + i])),
);

/**
 * Was the line UTF-8 that some program decoded in another code page (`d├╢Terra` for `döTerra`)? True
 * if all its characters beyond ASCII, encoded in one of the code pages, give valid UTF-8.
 */
export function isMisread(line: string): boolean {
  const beyond = line.replace(/[\0-\x7f]+/g, ' ');
  if (beyond.trim() === '') return false;
  return CODE_PAGES.some((page) => {
    const bytes: number[] = [];
    for (const character of beyond) {
      const byte = character === ' ' ? 32 : page.get(character);
      if (byte === undefined) return false;
      bytes.push(byte);
    }
    return isUtf8(Buffer.from(bytes));
  });
}

/**
 * Looks for such lines in a script that PowerShell has written: in UTF-16, since version 7 in UTF-8
 * with CR LF. null = there are none, or the script was not written so.
 *
 * @throws AppError as `decompressed`
 */
export async function misreadLinesOf(
  path: string,
  { compression, encoding }: Extract<FileKind, { kind: 'plain' }>,
  signal?: AbortSignal,
): Promise<MisreadLines | null> {
  const found: MisreadLines = { lines: 0, rows: [] };
  const judge = (line: string): void => {
    if (!isMisread(line)) return;
    found.lines++;
    if (found.rows.length >= SHOWN) return;
    found.rows.push(maskSecrets(line.trimEnd()).slice(0, LONGEST_SHOWN));
  };
  const decoder = new TextDecoder();
  let rest = '';
  let byPowerShell = encoding !== 'utf8';
  for await (const piece of decompressed(path, compression, { encoding, signal })) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    // The first line shows it, so that other scripts are not read to their end.
    byPowerShell ||= lines[0]?.endsWith('\r') ?? false;
    if (!byPowerShell && lines.length > 0) return null;
    lines.forEach(judge);
  }
  judge(rest);
  return found.lines === 0 || !byPowerShell ? null : found;
}
