import * as l10n from '@vscode/l10n';
import type { JobNote } from '../../model/jobNotes';

type Note<C extends JobNote['code']> = Extract<JobNote, { code: C }>;

/** Why a restored database has not taken the name, and the names of both databases. */
export function swapHeldText({ database, copy, why }: Note<'swapHeld'>): string {
  switch (why) {
    case 'errors':
      return l10n.t(
        'The restored database "{1}" was not put in the place of "{0}", because there were errors: "{0}" is as it was. Look into "{1}", then swap it in, or drop it.',
        database,
        copy,
      );
    case 'inUse':
      return l10n.t(
        'The restored database "{1}" is whole, but somebody is connected to "{0}", which is as it was. Swap it in when they are gone, or end their sessions.',
        database,
        copy,
      );
    case 'failed':
      return l10n.t(
        'The restored database "{1}" is whole, but could not be put in the place of "{0}", which is as it was. Swap it in later, or drop it.',
        database,
        copy,
      );
  }
}

/** What a run that was lost has left of its two databases. */
export function swapLeftText({ swap, connection }: Note<'swapLeft'>): string {
  const { database, copy, aside, state } = swap;
  switch (state) {
    case 'restoring':
    case 'dropped':
      return l10n.t(
        'The database "{0}" on {2} is as it was. "{1}", which this job made beside it, is not complete: drop it.',
        database,
        copy,
        connection,
      );
    case 'ready':
      return l10n.t(
        'The database "{0}" on {2} is as it was. "{1}" beside it was restored: swap it in, or drop it.',
        database,
        copy,
        connection,
      );
    case 'swapping':
      return l10n.t(
        'The run ended while the databases on {3} changed names. Both are whole: either "{0}" is as it was and the restored one is called "{1}", or the restored one is "{0}" and the old one "{2}". Swap in or swap back to settle it.',
        database,
        copy,
        aside,
        connection,
      );
    case 'swapped':
      return l10n.t(
        'The restored database on {2} is called "{0}"; the one that was there is kept as "{1}".',
        database,
        aside,
        connection,
      );
  }
}
