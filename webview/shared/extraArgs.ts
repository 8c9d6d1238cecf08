import * as l10n from '@vscode/l10n';
import { parseArgumentText } from '../../src/core/pgtools/args/argumentText';

export { formatArgumentText } from '../../src/core/pgtools/args/argumentText';

/** Parses a line of arguments, or says why it is incomplete. */
export function readExtraArgs(
  text: string,
): { args: string[]; error: null } | { args: null; error: string } {
  const parsed = parseArgumentText(text);
  if (Array.isArray(parsed)) return { args: parsed, error: null };
  const quote = text.charAt(parsed.unclosedQuote);
  return { args: null, error: l10n.t('The quote {0} is never closed.', quote) };
}
