import { setting, MAX_NAMED, type Remedy } from '../model/findings/findings';
import { largeObjectName } from './names';
import { NEW_DATABASE, type Found, type Rule } from './rule';
import type { Situation } from './situation';

/** Large objects of the target that have the OIDs of the backup's. */
export const largeObjectRules: readonly Rule[] = [
  {
    code: 'largeObjectsReplaced',
    test: (situation) =>
      situation.replacedLargeObjects === null
        ? null
        : found(situation, 'loses', [NEW_DATABASE, ...leftOut(situation)]),
  },
  {
    code: 'largeObjectsExist',
    test(situation) {
      const { options, file } = situation;
      if (options.clean || !situation.stops) return null;
      const clean = setting('clean', { clean: true, ifExists: true });
      // Where the file does not tell its OIDs, they may be others.
      return found(situation, file.largeObjectIds === null ? 'surprises' : 'stops', [
        NEW_DATABASE,
        ...(options.dataOnly ? [] : [clean]),
        ...leftOut(situation),
      ]);
    },
  },
];

function found(
  { database, file, options }: Situation,
  severity: Found['severity'],
  remedies: Remedy[],
): Found | null {
  const there = database?.largeObjects;
  if (there === undefined || there.count === 0) return null;
  return {
    severity,
    objects: there.oids.map(largeObjectName),
    count: there.count,
    details: { known: file.largeObjectIds === null ? 0 : 1, dropped: options.clean ? 1 : 0 },
    remedies,
  };
}

/** What is there stays as it is. Too many entries are no choice that a form can show. */
function leftOut({ file: { largeObjectEntries } }: Situation): Remedy[] {
  if (largeObjectEntries.length === 0 || largeObjectEntries.length > MAX_NAMED) return [];
  return [{ id: 'leaveOut', kind: 'leaveOut', dumpIds: largeObjectEntries }];
}
