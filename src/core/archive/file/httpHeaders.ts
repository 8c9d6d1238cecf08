import type { ForeignText } from './foreignText';

/**
 * The headers of an answer by HTTP in front of what was downloaded; null = there are none. It says what
 * the server refused, if it did.
 */
export function httpHeaders(head: Buffer): ForeignText | null {
  const lines = head.toString('latin1', 0, 16 << 10).split(/\r?\n/);
  const isStatus = (line: string): boolean => /^HTTP\/\d(?:\.\d)? \d{3}(?: |$)/.test(line);
  if (!isStatus(lines[0] ?? '')) return null;
  // Behind those of a redirection stand those of where it leads.
  const refusal = lines.find((line) => isStatus(line) && /^\S+ [45]/.test(line));
  return { looksLike: 'httpHeaders', ...(refusal === undefined ? {} : { text: refusal }) };
}
