import { setting } from '../model/findings/findings';
import { about, type Rule } from './rule';

/** A restored database that takes the place of another one. */
export const swapRules: readonly Rule[] = [
  {
    code: 'swapNotOwner',
    test: ({ replaced, server }) =>
      replaced !== null && !replaced.owned
        ? { severity: 'stops', objects: [replaced.database], details: { user: server?.user ?? '' } }
        : null,
  },
  {
    code: 'swapPrepared',
    test: ({ replaced }) => about(replaced?.preparedTransactions ?? [], { severity: 'stops' }),
  },
  {
    code: 'swapSessions',
    test({ replaced, options }) {
      const names = (replaced?.sessions ?? []).map(({ user, pid, application }) =>
        [`${user} (${pid})`, application].filter(Boolean).join(', '),
      );
      return about(names, {
        severity: options.endSessions ? 'note' : 'surprises',
        details: { ended: options.endSessions ? 1 : 0 },
        remedies: options.endSessions ? [] : [setting('endSessionsAtSwap', { endSessions: true })],
      });
    },
  },
  {
    code: 'swapLeavesBehind',
    test: ({ replaced }) =>
      about([...(replaced?.logicalSlots ?? []), ...(replaced?.subscriptions ?? [])], {
        severity: 'surprises',
      }),
  },
];
