import { setting, type Remedy } from '../model/findings/findings';
import type { TableRef } from '../model/options';
import type { DatabaseFacts, TargetDependent } from '../model/findings/preflightFacts';
import { counting, refsOf, rowsOf, stakes, tableKey } from './countedRows';
import { largeObjectName, qualified } from './names';
import { about, NEW_DATABASE, type Found, type Rule } from './rule';
import type { Situation } from './situation';

/** Rules about what the target contains already, and what the restore does to it. */
export const contentRules: readonly Rule[] = [
  {
    code: 'drops',
    test({ existingTables, options }) {
      if (!options.clean) return null;
      const sorted = [...existingTables].sort((a, b) => (b.rows ?? 0) - (a.rows ?? 0));
      return about(sorted.map(qualified), {
        severity: 'loses',
        ...stakes(sorted),
        remedies: [NEW_DATABASE, ...counting(sorted)],
      });
    },
  },
  {
    code: 'dependents',
    test(situation) {
      const { database, options } = situation;
      if (database === null || !options.clean) return null;
      const { count, keys, first } = database.dependents;
      const inTheWay = first.filter(({ key }) => key === null || !options.remakeKeys);
      const objects = inTheWay.map(({ object, on }) => `${object} → ${on}`);
      return about(objects, {
        severity: 'stops',
        count: options.remakeKeys ? count - keys : count,
        remedies: [
          ...rowsInstead(situation),
          ...(count === first.length ? takeAlong(situation, inTheWay) : []),
          ...keysAgain(database.dependents),
          NEW_DATABASE,
        ],
      });
    },
  },
  {
    code: 'notOwner',
    test(situation) {
      const { relation, options, server, database } = situation;
      if (server === null || server.isSuperuser) return null;
      if (!options.clean && !options.replaceRows) return null;
      const others = changedTables(situation).filter((each) => relation(each)?.owned === false);
      const objects = (database?.largeObjects.notOwned ?? []).map(largeObjectName);
      return about([...new Set(others.map(qualified)), ...objects], {
        severity: 'stops',
        details: { user: server.user, replaced: options.replaceRows ? 1 : 0 },
      });
    },
  },
  {
    code: 'exists',
    test(situation) {
      const { existing, options, stops } = situation;
      if (options.clean || options.dataOnly) return null;
      return about(existing.map(qualified), {
        severity: stops ? 'stops' : 'surprises',
        remedies: [
          NEW_DATABASE,
          setting('clean', { clean: true, ifExists: true }),
          setting('dataOnly', { dataOnly: true, clean: false, ifExists: false }),
        ],
      });
    },
  },
  {
    code: 'rowsReplaced',
    test: ({ emptied }) =>
      about(emptied.map(qualified), {
        severity: 'loses',
        ...stakes(emptied),
        remedies: counting(emptied),
      }),
  },
  { code: 'rowsDoubled', test: (situation) => addedRows(situation, false) },
  { code: 'rowsCollide', test: (situation) => addedRows(situation, true) },
  {
    code: 'stays',
    test({ otherTables, options, database }) {
      if (database === null || !options.clean) return null;
      return about(otherTables.map(qualified), {
        severity: 'note',
        details: { rows: rowsOf(otherTables) },
      });
    },
  },
  {
    code: 'columnsDiffer',
    test: ({ refused }) => about(refused.differ, { severity: 'stops' }),
  },
  {
    code: 'columnsGenerated',
    test: ({ refused }) => about(refused.generated, { severity: 'stops' }),
  },
];

/** Rows that are added to existing ones: they are doubled, or a key refuses them. */
function addedRows(situation: Situation, collides: boolean): Found | null {
  if (situation.options.replaceRows) return null;
  const filled = situation.loaded.map(({ there }) => there).filter(({ rows }) => rows !== 0);
  const there = filled.filter(({ unique }) => unique === collides);
  return about(there.map(qualified), {
    severity: collides ? (situation.stops ? 'stops' : 'surprises') : 'loses',
    ...stakes(there),
    remedies: [
      ...(situation.options.dataOnly ? rowsInstead(situation) : []),
      {
        id: 'emptyTables',
        kind: 'step',
        step: { do: 'emptyTables', tables: refsOf(filled) },
      },
      NEW_DATABASE,
      // Where a key refuses rows, their number is not what is at stake.
      ...(collides ? [] : counting(there)),
    ],
  });
}

/**
 * Also chooses the relations that depend on the chosen tables, where the archive has all of them.
 */
function takeAlong(
  { options, input }: Situation,
  dependents: readonly TargetDependent[],
): Remedy[] {
  if (options.dumpIds !== null || (options.tables ?? []).length === 0) return [];
  const inArchive = new Set(input.archiveTables.map(tableKey));
  const names = new Map<string, TableRef>();
  for (const { relation } of dependents) {
    if (relation === null || !inArchive.has(tableKey(relation))) return [];
    names.set(tableKey(relation), relation);
  }
  const tables = [...(options.tables ?? []), ...refsOf([...names.values()])];
  return [setting('takeAlong', { tables })];
}

/** Where only foreign keys of other tables are in the way, the restore can drop and add them again. */
function keysAgain({ count, keys }: DatabaseFacts['dependents']): Remedy[] {
  if (keys < count) return [];
  return [setting('remakeKeys', { remakeKeys: true, singleTransaction: true, jobs: 1 })];
}

/** What the user has to own: objects that are dropped, and tables that are changed meanwhile. */
function changedTables({ file, options, filled, database }: Situation): readonly TableRef[] {
  if (options.replaceRows) {
    return [...filled.map(({ there }) => there), ...(database?.keyTables ?? [])];
  }
  const keys = options.remakeKeys ? (database?.dependents.first ?? []) : [];
  return [
    ...file.relations,
    ...keys.flatMap(({ key, relation }) => (key === null ? [] : (relation ?? []))),
  ];
}

/** Replaces the rows alone, where the target has every chosen table. */
function rowsInstead({ file, filled }: Situation): Remedy[] {
  if (filled.length === 0 || filled.length < file.rows.length || file.format === 'plain') return [];
  return [
    setting('rowsInstead', {
      ...{ replaceRows: true, dataOnly: true, schemaOnly: false, disableTriggers: false },
      ...{ clean: false, ifExists: false, remakeKeys: false },
      ...{ singleTransaction: true, exitOnError: true, jobs: 1 },
    }),
  ];
}
