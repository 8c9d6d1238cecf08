import { setting } from '../model/findings/findings';
import { largeObjectName, qualified } from './names';
import { about, NEW_DATABASE, type Rule } from './rule';
import type { Situation } from './situation';

/** `pg_class.relkind` of what an entry of this type makes. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['TABLE', 'rp'],
  ['FOREIGN TABLE', 'f'],
  ['VIEW', 'v'],
  ['MATERIALIZED VIEW', 'm'],
  ['SEQUENCE', 'S'],
]);
/** What rows can be loaded into. */
const TAKES_ROWS = 'rpf';

/** Rules about what has to be in the target, or has to be something else. */
export const presenceRules: readonly Rule[] = [
  {
    code: 'tablesMissing',
    test(situation) {
      const { options, input, file, relation, stops } = situation;
      if (!options.dataOnly || input.target === null || options.swapIn) return null;
      const missing = file.rows.filter((each) => relation(each) === undefined);
      return about(missing.map(qualified), {
        severity: stops ? 'stops' : 'surprises',
        remedies: [setting('definitionsToo', { dataOnly: false })],
      });
    },
  },
  {
    code: 'nothingToDrop',
    test({ options, file, absent, database, stops }) {
      // Scripts are changed so that they drop what is there.
      if (!options.clean || options.ifExists || file.format === 'plain') return null;
      const objects = (database?.largeObjects.absent ?? []).map(largeObjectName);
      return about([...absent.map(qualified), ...objects], {
        severity: stops ? 'stops' : 'surprises',
        remedies: [setting('ifExists', { ifExists: true })],
      });
    },
  },
  {
    code: 'noRightToInsert',
    test({ filled, options, server, stops }) {
      if (!options.dataOnly || server === null) return null;
      const refused = filled.filter(({ there }) => !there.mayInsert);
      return about(
        refused.map(({ there }) => qualified(there)),
        { severity: stops ? 'stops' : 'surprises', details: { user: server.user } },
      );
    },
  },
  {
    code: 'otherKind',
    test(situation) {
      const { options, stops } = situation;
      const names = options.clean ? otherKinds(situation) : takeNoRows(situation);
      return about(names, { severity: stops ? 'stops' : 'surprises', remedies: [NEW_DATABASE] });
    },
  },
];

/** Relations that the statement which drops them does not fit. */
function otherKinds({ file, relation }: Situation): string[] {
  const others = file.relations.filter((each) => {
    const kinds = KINDS.get(each.desc);
    const there = relation(each);
    return kinds !== undefined && there !== undefined && !kinds.includes(there.kind);
  });
  return others.map(qualified);
}

/** Relations that rows alone are loaded into, and that take none. */
function takeNoRows({ options, filled }: Situation): string[] {
  if (!options.dataOnly) return [];
  const others = filled.filter(({ there }) => !TAKES_ROWS.includes(there.kind));
  return others.map(({ there }) => qualified(there));
}
