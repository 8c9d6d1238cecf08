import {
  SEVERITIES,
  type Finding,
  type FindingCode,
  type Preflight,
  type Verdict,
} from '../model/findings/findings';
import type { Turns } from '../turns';
import { areCounted, rowsOf } from './countedRows';
import { findingOf, type Rule } from './rule';
import { contentRules } from './contentRules';
import { largeObjectRules } from './largeObjectRules';
import { isEmpty } from './neededConfirmation';
import { needRules } from './needRules';
import { optionRules } from './optionRules';
import { presenceRules } from './presenceRules';
import { targetRules } from './targetRules';
import { swapRules } from './swapRules';
import { Situation, type PreflightInput } from './situation';

/** All rules, in the order in which findings of one severity are told. */
export const PREFLIGHT_RULES: readonly Rule[] = [
  ...targetRules,
  ...swapRules,
  ...contentRules,
  ...largeObjectRules,
  ...presenceRules,
  ...needRules,
  ...optionRules,
];

/** What keeps a restore from beginning: nothing is done by then. */
const BEFORE_IT_BEGINS: ReadonlySet<FindingCode> = new Set([
  'options',
  'connectionReadOnly',
  'serverReadOnly',
]);

/**
 * What a restore will do to its target, for the form: every finding comes from a rule of the table.
 * What has to be confirmed before the start is decided by `neededConfirmation`. Each rule has a turn of
 * its own.
 *
 * @throws AppError `cancelled`
 */
export async function applyPreflightRules(input: PreflightInput, loop: Turns): Promise<Preflight> {
  const situation = await Situation.of(input, loop);
  const findings: Finding[] = [];
  for (const { code, test } of PREFLIGHT_RULES) {
    await loop.pause();
    const found = test(situation);
    if (found !== null) findings.push(findingOf(code, found));
  }
  await loop.pause();
  const rank = ({ severity }: Finding): number => SEVERITIES.indexOf(severity);
  findings.sort((a, b) => rank(a) - rank(b));
  return { verdict: verdictOf(situation, findings), findings };
}

function verdictOf(situation: Situation, findings: readonly Finding[]): Verdict {
  const { input, options, database, existingTables, filled } = situation;
  const largeObjects = situation.replacedLargeObjects;
  const { swapIn, safetyBackup } = options;
  const drops = options.clean ? existingTables : [];
  const dropsAny = drops.length > 0 || (options.clean && largeObjects !== null);
  const makes = !options.dataOnly;
  const { emptied } = situation;
  return {
    worst: findings[0]?.severity ?? null,
    target: targetOf(),
    adds: makes ? situation.addedTables + drops.length : 0,
    drops: drops.length,
    dropsRows: rowsOf(drops),
    replaces: emptied.length,
    replacesRows: rowsOf(emptied),
    ...(areCounted([...drops, ...emptied]) && { exactRows: true }),
    largeObjects,
    keeps: swapIn
      ? 'oldDatabase'
      : (dropsAny || emptied.length > 0) && safetyBackup
        ? 'safetyBackup'
        : null,
    fills: options.clean || options.schemaOnly ? 0 : filled.length,
    partial:
      database !== null &&
      !options.singleTransaction &&
      !findings.some(({ code, severity }) => severity === 'stops' && BEFORE_IT_BEGINS.has(code)),
  };

  function targetOf(): Verdict['target'] {
    if (input.target === null) return 'unknown';
    if (database === null) return 'new';
    const { relations, otherObjects: others } = database;
    return isEmpty({ tables: relations.length, views: 0, others }) ? 'empty' : 'full';
  }
}
