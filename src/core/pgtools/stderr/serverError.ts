import { maskSecrets } from '../../secrets/mask';

/** An error carries at most this many characters of the server's message. */
const MAX_TEXT = 4000;

/**
 * Splits a verbose error (`ERROR:  42P04: …`, in any language) into its SQLSTATE and a text to show,
 * which has neither the SQLSTATE nor the location in the server's source.
 */
export function readServerError(stderr: string): { sqlState: string | undefined; text: string } {
  let sqlState: string | undefined;
  let errorAt = 0;
  const lines: string[] = [];
  for (const line of stderr.split(/\r?\n/)) {
    // The location in the server's source, e.g. `LOCATION:  CreateDatabase, dbcommands.c:600`.
    if (/^\S+:\s+\w+, \w+\.c:\d+$/.test(line)) continue;
    const [, severity, state, rest] = /^([^\s:]+:\s+)([0-9A-Z]{5}): (.*)$/.exec(line) ?? [];
    const isWarning = /^0[012]/.test(state ?? '');
    if (state === undefined || (!isWarning && sqlState !== undefined)) {
      lines.push(line);
      continue;
    }
    if (!isWarning) {
      sqlState = state;
      errorAt = lines.length;
    }
    lines.push(`${severity ?? ''}${rest ?? ''}`);
  }
  const whole = lines.join('\n').trim();
  // In a long text the messages before the error are dropped: the error matters more.
  const text = whole.length > MAX_TEXT ? lines.slice(errorAt).join('\n').trim() : whole;
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return { sqlState, text: maskSecrets(short) };
}
