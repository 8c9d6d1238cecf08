import { shownLabel, shownText } from '../../core/text/shownText';

/**
 * Text that VS Code shows as it is. In notifications, progress, prompts and hints VS Code makes
 * links of `[label](command:…)` and runs their commands; in pickers and the status bar it makes
 * icons of `$(name)`. Names and messages of a dump, a server or a workspace are only text, so a
 * space parts the two characters that begin such a thing. Lines and tabs stay.
 */
export function literalText(text: string): string {
  return shownText(text).replaceAll('](', '] (').replaceAll('$(', '$ (');
}

/** Literal text for a label of one line, without spaces at its ends. */
export function literalLabel(label: string): string {
  return literalText(shownLabel(label));
}
