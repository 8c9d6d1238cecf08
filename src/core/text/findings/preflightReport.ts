import * as l10n from '@vscode/l10n';
import type { Finding, Preflight } from '../../model/findings/findings';
import { findingText, severityText } from '../findingText';
import { formatDate } from '../formatDate';
import { shownName } from '../shownText';
import { objectText } from '../rowsText';
import { verdictText } from './verdictText';

/** In UTF-16 units, all names together: VS Code searches and colours such a document at once. */
const MAX_NAMES_LENGTH = 10 << 20;

/** What a pre-flight has found, and of what. */
export interface PreflightReport {
  preflight: Preflight;
  /** The file that is restored. */
  file: string;
  /** Connection and database. */
  target: string;
  /** When it was found, as ISO 8601. */
  at: string;
}

/** A report as the lines of a document, and the line of each finding by its code, from 0. */
export interface ReportLines {
  lines: string[];
  lineOf: Map<string, number>;
}

/**
 * Everything that a pre-flight has found, with the names of all objects, one in a line.
 *
 * @param maxLength of all names together; what is left out then is counted
 */
export function reportLines(
  { preflight, file, target, at }: PreflightReport,
  maxLength = MAX_NAMES_LENGTH,
): ReportLines {
  const { verdict, findings } = preflight;
  const lines = [
    l10n.t('What this restore will do'),
    '',
    l10n.t('File: {0}', shownName(file)),
    l10n.t('Target: {0}', shownName(target)),
    l10n.t('Looked at: {0}', formatDate(at)),
    l10n.t('Verdict: {0}', verdictText(verdict)),
  ];
  const lineOf = new Map<string, number>();
  let left = maxLength;
  for (const finding of findings) {
    lines.push('');
    lineOf.set(finding.code, lines.length);
    const sentence = findingText(finding).replaceAll(/\r?\n/g, ' ');
    lines.push(`${severityText(finding.severity)}: ${sentence}`);
    left -= addObjects(lines, finding, left);
  }
  if (findings.length === 0) lines.push('', l10n.t('Nothing was found.'));
  return { lines, lineOf };
}

/** @returns how long the names are that were added */
function addObjects(lines: string[], finding: Finding, maxLength: number): number {
  // Its objects are sentences, and it is made of them.
  if (finding.code === 'options') return 0;
  const { objects, count } = finding;
  let length = 0;
  let named = 0;
  for (; named < objects.length; named++) {
    const text = objectText(finding, named);
    if (length + text.length > maxLength) break;
    length += text.length;
    lines.push(`  ${text}`);
  }
  const more = Math.max(objects.length, count) - named;
  // Some findings count what has no names.
  if (more > 0 && objects.length > 0) {
    lines.push(
      more === 1
        ? `  ${l10n.t('… and 1 more that is not named here')}`
        : `  ${l10n.t('… and {0} more that are not named here', more.toLocaleString())}`,
    );
  }
  return length;
}
