import { shownText } from '../../core/text/shownText';

/**
 * Text for a notification. VS Code makes links of `[label](command:…)` in it and runs their commands:
 * names and messages that come from a dump or a server are text, whatever is in them.
 */
export function notificationText(text: string): string {
  return shownText(text).replaceAll('](', '] (');
}
