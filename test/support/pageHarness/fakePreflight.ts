/** The page harness's findings of the preflight checks, by scenario. */
import type {
  Finding,
  Preflight,
  Remedy,
  Severity,
} from '../../../src/core/model/findings/findings';
import { info } from './sampleData';
import type { RestoreOptions } from '../../../src/core/model/options';
import { findingOf } from '../../../src/core/preflight/rule';

const NEW_DATABASE: Remedy = { id: 'newDatabase', kind: 'newDatabase' };

/** One finding of each kind that the page draws differently. */
function troubles({ clean }: RestoreOptions): Finding[] {
  const tables = Array.from({ length: 12 }, (_, n) => `app.table_${n}`);
  return [
    findingOf('extensionsMissing', {
      severity: 'stops',
      objects: ['postgis'],
      remedies: [{ id: 'leaveOut', kind: 'leaveOut', dumpIds: [2] }],
    }),
    clean
      ? findingOf('drops', {
          severity: 'loses',
          objects: tables,
          details: { rows: 1_200_000, uncounted: 0 },
          remedies: [NEW_DATABASE],
        })
      : findingOf('exists', {
          severity: 'stops',
          objects: tables,
          remedies: [
            NEW_DATABASE,
            { id: 'clean', kind: 'set', options: { clean: true, ifExists: true } },
          ],
        }),
    findingOf('ownersMissing', {
      severity: 'surprises',
      objects: ['deploy'],
      remedies: [
        {
          id: 'noOwnersAndPrivileges',
          kind: 'set',
          options: { noOwner: true, noPrivileges: true },
        },
        { id: 'mapRoles', kind: 'mapRoles', names: ['deploy'] },
        { id: 'createRoles', kind: 'step', step: { do: 'createRoles', names: ['deploy'] } },
      ],
    }),
    findingOf('sessions', { severity: 'note', objects: ['web (4711), api, idle, 12 s'] }),
  ];
}

/** Scenarios with the findings of one severity. */
const ONLY: Readonly<Record<string, Severity>> = {
  onlyNote: 'note',
  onlySurprise: 'surprises',
  onlyLoses: 'loses',
};

function found(options: RestoreOptions, scenario: string): Finding[] {
  if (scenario === 'trouble') return troubles(options);
  const all = troubles({ ...options, clean: scenario === 'onlyLoses' });
  return all.filter(({ severity }) => severity === ONLY[scenario]);
}

export async function lookAhead(options: RestoreOptions, scenario: string): Promise<Preflight> {
  if (scenario === 'looking') return new Promise(() => undefined);
  if (scenario === 'brokenLook') throw new Error('The file has changed while it was read.');
  const findings = found(options, scenario);
  const drops = findings.some(({ code }) => code === 'drops') ? 12 : 0;
  return {
    verdict: {
      worst: findings[0]?.severity ?? null,
      target: options.createDatabase ? 'new' : scenario === 'trouble' ? 'full' : 'empty',
      adds: info.contents.tables.length,
      drops,
      dropsRows: drops * 100_000,
      replaces: 0,
      replacesRows: 0,
      largeObjects: null,
      keeps: null,
      fills: 0,
      partial: scenario === 'trouble',
    },
    findings,
  };
}
