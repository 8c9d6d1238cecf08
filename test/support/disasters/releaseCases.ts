import path from 'node:path';
import { repoPaths } from '../repoPaths';
import type { Disaster } from './disaster';
import { singleEntryCases } from './largeObjectCases';
import { usual } from './usualDatabase';

const fixture = (name: string): string => path.join(repoPaths.fixtures, 'cases', name);

/** The releases that the archives of fixtures are of. */
const WITH_SUBSCRIPTION = 17;
const WITH_STATISTICS = 18;
/** The last release whose archives have an entry for each large object. */
const LAST_OF_SINGLE_ENTRIES = 16;
/** The first release whose pg_restore can leave access methods to the target. */
export const LEAVES_ACCESS_METHODS = 15;

/** Cases whose findings or remedies differ by release. */
export function casesOfRelease(major: number): readonly Disaster[] {
  return [
    noAccessMethod(major >= LEAVES_ACCESS_METHODS),
    ...(major <= LAST_OF_SINGLE_ENTRIES ? singleEntryCases : []),
    ...casesOfFixtures(major),
  ];
}

function noAccessMethod(isLeft: boolean): Disaster {
  return {
    title: 'an access method that the backup of one schema does not bring',
    source: `${usual} CREATE ACCESS METHOD disaster_am TYPE TABLE HANDLER heap_tableam_handler;
      CREATE TABLE app.odd (a int) USING disaster_am;`,
    backup: { schemas: ['app'] },
    expect: ['accessMethodsMissing:stops'],
    ...(isLeft ? { press: [['noTableAccessMethod']] } : { withholds: ['noTableAccessMethod'] }),
    outcome: 'failed',
    left: 'partial',
  };
}

/** So that the database can be dropped; does nothing where there is none. */
const noSubscriptions = ['DISABLE', 'SET (slot_name = NONE)', '']
  .map((what) => (what === '' ? ['DROP', ''] : ['ALTER', what]))
  .map(
    ([
      verb,
      what,
    ]) => `SELECT format('${verb} SUBSCRIPTION %I ${what}', subname) FROM pg_subscription
      JOIN pg_database d ON d.oid = subdbid WHERE datname = current_database() \\gexec`,
  )
  .join('\n');

/** Archives of one release; what is found depends on that of the server. */
function casesOfFixtures(major: number): readonly Disaster[] {
  const newer = major < WITH_SUBSCRIPTION ? (['newerServer:surprises'] as const) : [];
  return [
    {
      title: 'a subscription of a copy',
      file: fixture('subscription.dump'),
      options: { exitOnError: false },
      expect: ['subscriptionsLeftOut:note', ...newer],
      press: [['subscriptions']],
      endsWithErrors: true,
      undo: noSubscriptions,
      outcome: null,
    },
    major < WITH_STATISTICS
      ? {
          title: 'a backup of a newer server with its statistics',
          file: fixture('statistics18.dump'),
          target: null,
          options: { exitOnError: false },
          expect: ['newerServer:surprises', 'statisticsLeftOut:note'],
          outcome: null,
        }
      : {
          title: 'healthy: planner statistics, which the server takes, and no subscription',
          file: fixture('statistics18.dump'),
          target: null,
          expect: [],
          near: ['statisticsLeftOut', 'subscriptionsLeftOut'],
          outcome: null,
        },
  ];
}
