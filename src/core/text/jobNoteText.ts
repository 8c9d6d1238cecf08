import * as l10n from '@vscode/l10n';
import type { PackedFrom, Packaging } from '../model/archive';
import { typeCounted } from '../model/entryTypes';
import type { JobError } from '../model/job';
import type { JobNote, LeftOutReason } from '../model/jobNotes';
import { waitsForLockText } from './lockText';
import { swapHeldText, swapLeftText } from './ways/swapNoteText';
import { listNames } from './names';
import { shownText } from './shownText';

/** A note about a job as a sentence. */
export function jobNoteText(note: JobNote): string {
  return shownText(sentenceOf(note));
}

function sentenceOf(note: JobNote): string {
  switch (note.code) {
    case 'localeReplaced':
      return localeText(note);
    case 'stopsAtErrors':
      return note.stops
        ? l10n.t('The restore stops at the first error.')
        : l10n.t('The restore does not stop at errors, because some harmless ones are certain.');
    case 'leftOut':
      return leftOutText(note.reason, note.names);
    case 'cutRows':
      return l10n.t(
        'Of tables that are cut, the complete rows were restored: {0}. How many are missing is not known.',
        listNames(note.tables.map(({ name, rows }) => `${name} (${rows})`)),
      );
    case 'scriptPart':
      return scriptPartText(note);
    case 'refreshedEmpty':
      return l10n.t(
        'Refreshed without the rows of their tables, which are not in the selection: the materialized views {0}.',
        listNames(note.names),
      );
    case 'unpacked':
      return unpackedText(note);
    case 'sequencesBehind':
      return l10n.t(
        'Sequences are behind the values of their columns, so new rows will collide: {0}. Set them with setval() before rows are added.',
        listNames(note.names),
      );
    case 'rewritten':
      return l10n.t(
        'Left out: {0}, which servers keep for themselves. The archive is restored by its script, run by psql, in one job; tools of the major of the server that was dumped make archives without it.',
        listNames(note.names),
      );
    case 'outputIsLink':
      return l10n.t('{0} is a link: the backup is written to {1}.', note.link, note.target);
    case 'databaseLeft':
      return l10n.t(
        'The database "{0}" on {1} was made by this job. If it is there, it may be incomplete: look into it, or drop it.',
        note.database,
        note.connection,
      );
    case 'safetyBackup':
      return note.part
        ? l10n.t('What the restore drops was backed up first: {0}.', note.path)
        : l10n.t('The database was backed up first: {0}.', note.path);
    case 'swapped':
      return l10n.t(
        'The restored database is now called "{0}"; the one that was there is kept as "{1}" until you drop it.',
        note.database,
        note.aside,
      );
    case 'swapHeld':
      return swapHeldText(note);
    case 'swapLeft':
      return swapLeftText(note);
    case 'waitsForLock':
      return waitsForLockText(note.wait);
  }
}

/** An error of a job: in the server's or the tool's words, or in ours. */
export function jobErrorText({ message, note }: Pick<JobError, 'message' | 'note'>): string {
  return note === undefined ? message : jobNoteText(note);
}

/**
 * A successful restore is worth less because of this note: it has to be shown without being looked
 * for.
 */
export function isWarning({ code }: JobNote): boolean {
  return (
    code === 'localeReplaced' ||
    code === 'refreshedEmpty' ||
    code === 'sequencesBehind' ||
    code === 'swapHeld'
  );
}

/** How a dump is packed: `zip, gzip: shop.dump.gz`. */
export function packedText({ by, member }: PackedFrom): string {
  const methods = by.map(packagingText).join(', ');
  const shown = member === null || member === '' ? methods : `${methods}: ${member}`;
  return l10n.t('{0} (unpacked into a temporary folder to be read)', shown);
}

/** What something is packed in. */
function packagingText(packaging: Packaging): string {
  return packaging === 'parts' ? l10n.t('several files') : packaging;
}

function unpackedText({ file, by, member }: Extract<JobNote, { code: 'unpacked' }>): string {
  if (by.length === 0) {
    return l10n.t('{0} is an unpacked tar archive: it is read from a temporary folder.', file);
  }
  const methods = by.map(packagingText).join(', ');
  return member === null
    ? l10n.t('{0} was unpacked into a temporary folder ({1}).', file, methods)
    : l10n.t('{2} in {0} was unpacked into a temporary folder ({1}).', file, methods, member);
}

function scriptPartText({ leftOut, alongside }: Extract<JobNote, { code: 'scriptPart' }>): string {
  const kinds = leftOut.map(({ desc, count }) => `${count} ${typeCounted(desc, count)}`);
  const left = l10n.t('Left out of the script: {0}.', kinds.join(', '));
  if (alongside === 0) return left;
  return `${left} ${l10n.t('Definitions that come along because others need them: {0}.', alongside)}`;
}

function localeText(note: Extract<JobNote, { code: 'localeReplaced' }>): string {
  const { database, asked, outcome } = note;
  const names = asked === null ? [] : [...new Set([asked.collate, asked.ctype])];
  if (asked?.provider) {
    const { kind, locale } = asked.provider;
    names.unshift(`${kind} ${locale}`);
  }
  if (outcome === 'otherProvider') {
    return l10n.t(
      'The database "{0}" was created with the locale {1} of the operating system: the server does not take {2}. Text may be sorted differently than before.',
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

function leftOutText(reason: LeftOutReason, names: readonly string[]): string {
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
    case 'damaged':
      return l10n.t(
        'Not restored, because the archive does not hold them whole: the data of {0}.',
        names.join(', '),
      );
    case 'schemaThere':
      return l10n.t(
        'The schema is there already and is not made again: {0}. It keeps its owner.',
        listNames(names),
      );
  }
}
