import { setting } from '../model/findings/findings';
import { about, type Rule } from './rule';

/** Connections left to other clients when jobs are counted against the server's limit. */
const SPARE_CONNECTIONS = 1;

/** Rules about options that contradict each other or the file. */
export const optionRules: readonly Rule[] = [
  { code: 'options', test: ({ input }) => about(input.refused, { severity: 'stops' }) },
  {
    code: 'tooManyLocks',
    test({ lockedAtOnce: locked, server, options }) {
      if (server === null || !options.singleTransaction || options.dataOnly) return null;
      if (locked <= server.lockable) return null;
      return {
        severity: 'stops',
        details: { needed: locked, there: server.lockable },
        remedies: [setting('noSingleTransaction', { singleTransaction: false })],
      };
    },
  },
  {
    code: 'tooManyJobs',
    test({ server, options }) {
      if (server === null || options.jobs <= 1) return null;
      const free = Math.max(1, server.freeConnections - SPARE_CONNECTIONS);
      if (options.jobs <= free) return null;
      return {
        severity: 'stops',
        details: { jobs: options.jobs, free },
        remedies: [setting('fewerJobs', { jobs: free })],
      };
    },
  },
  {
    code: 'circularKeys',
    test({ file, server, options }) {
      if (!options.dataOnly || options.disableTriggers || options.replaceRows) return null;
      if (file.keysAtRisk === 0) return null;
      return {
        severity: 'stops',
        count: file.keysAtRisk,
        remedies: [
          ...(server?.isSuperuser === true
            ? [setting('disableTriggers', { disableTriggers: true })]
            : []),
          setting('definitionsToo', { dataOnly: false }),
        ],
      };
    },
  },
  {
    code: 'triggersNeedSuperuser',
    test: ({ server, options }) =>
      server !== null && options.dataOnly && options.disableTriggers && !server.isSuperuser
        ? {
            severity: 'stops',
            objects: [server.user],
            remedies: [setting('keepTriggers', { disableTriggers: false })],
          }
        : null,
  },
];
