import * as l10n from '@vscode/l10n';
import type { MisreadLines } from '../../model/archive';
import { shownText } from '../shownText';

/** What is wrong with the letters of a script, with some lines of it, and what to do. */
export function misreadText({ lines, rows }: MisreadLines): string {
  const what =
    lines === 1
      ? l10n.t(
          'In 1 line, letters were decoded in the wrong code page before the file was written:',
        )
      : l10n.t(
          'In {0} lines, letters were decoded in the wrong code page before the file was written:',
          lines.toLocaleString(),
        );
  const shown = rows.map((row) => `“${shownText(row)}”`).join(', ');
  const advice = l10n.t(
    'PowerShell does that to what pg_dump writes to ">". Make the dump again with "pg_dump --file".',
  );
  return `${what} ${shown}. ${advice}`;
}
