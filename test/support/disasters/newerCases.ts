import path from 'node:path';
import { repoPaths } from '../repoPaths';
import type { Disaster } from './disaster';

const fixture = (name: string): string => path.join(repoPaths.fixtures, 'cases', name);

/** The release that the archives are of. */
const NEWEST = 18;

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

/** Archives of the newest release; what is found depends on that of the server. */
export function casesOfTheNewest(major: number): readonly Disaster[] {
  const newer = major < NEWEST ? (['newerServer:surprises'] as const) : [];
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
    major < NEWEST
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
