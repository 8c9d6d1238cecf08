import * as l10n from '@vscode/l10n';
import type { DatabaseLocale } from '../model/archive';
import type { LockWait } from '../model/catalog';
import { listNames } from './names';
import { blockersText, onOneLine } from './lockText';
import type { RestoreOptions } from '../model/options';

/*
 * What a job does otherwise than it was asked, as lines of its output.
 */

/** How a created database's locale came about when not as asked (`createDatabase` in the catalog). */
export function localeNote(
  database: string,
  asked: DatabaseLocale | null,
  outcome: 'otherProvider' | 'serverDefault' | 'c',
): string {
  const names = asked === null ? [] : [...new Set([asked.collate, asked.ctype])];
  if (asked?.provider) {
    const { kind, locale } = asked.provider;
    names.unshift(`${kind} ${locale}`);
  }
  if (outcome === 'otherProvider') {
    return l10n.t(
      'The database "{0}" was created with the locale {1} of the operating system: the server does not take {2}. Texts may be sorted otherwise than before.',
      database,
      asked?.collate ?? '',
      names[0] ?? '',
    );
  }
  if (names.length === 0) {
    return l10n.t(
      'The database "{0}" was created with the locale C: the default of the server does not fit the encoding of the backup.',
      database,
    );
  }
  return outcome === 'c'
    ? l10n.t(
        'The database "{0}" was created with the locale C: the server does not know {1}, and its own does not fit the encoding of the backup. Text may be sorted differently than before.',
        database,
        names.join(', '),
      )
    : l10n.t(
        'The database "{0}" was created with the locale of the server: it does not know {1}. Text may be sorted differently than before.',
        database,
        names.join(', '),
      );
}

/** Defaults that nobody asked for and that follow what file, server and tool need. */
export function appliedDefaultsMessages(asked: RestoreOptions, settled: RestoreOptions): string[] {
  if (asked.exitOnError === settled.exitOnError) return [];
  return [
    settled.exitOnError
      ? l10n.t('The restore stops at the first error.')
      : l10n.t('The restore does not stop at errors, because some harmless ones are certain.'),
  ];
}

/** Why entries of an archive are not restored though nobody left them out. */
export type LeftOutReason = 'subscriptions' | 'statistics' | 'schemaThere';

/** Entries of an archive that are not restored, by name. */
export function leftOutNote(reason: LeftOutReason, names: readonly string[]): string {
  switch (reason) {
    case 'subscriptions':
      return l10n.t(
        'Left out: the subscriptions {0}. In a copy they would take the changes that are meant for the original.',
        listNames(names),
      );
    case 'statistics':
      return l10n.t(
        'Left out: planner statistics, which this server does not take. Run ANALYZE instead.',
      );
    case 'schemaThere':
      return l10n.t(
        'The schema is there already and is not made again: {0}. It keeps its owner.',
        listNames(names),
      );
  }
}

/** A link that a backup goes through to where it leads. */
export function linkNote(link: string, target: string): string {
  return l10n.t('{0} is a link: the backup is written to {1}.', link, target);
}

/** Who holds the job up: it goes on when they let it. */
export function lockWaitNote(wait: LockWait): string {
  return wait.object === null
    ? l10n.t('Waiting for a lock: blocked by {0}', blockersText(wait))
    : l10n.t(
        'Waiting for a lock on {0}: blocked by {1}',
        onOneLine(wait.object),
        blockersText(wait),
      );
}

/** What a job that was lost may have left on the server. */
export function leftDatabaseNote(database: string, connection: string): string {
  return l10n.t(
    'The database "{0}" on {1} was made by this job. If it is there, it may be incomplete: look into it, or drop it.',
    database,
    connection,
  );
}
