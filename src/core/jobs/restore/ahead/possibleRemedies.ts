import { readToc } from '../../../archive/file/tocReader';
import { DependencyNeeds } from '../../../archive/selection/closeDependencies';
import { entryLoop } from '../../../cooperativeLoop';
import { withoutNeeding } from '../../../archive/selection/withoutEntries';
import type { RestoreContext } from '../../../forms/form/context';
import { evaluateRestore } from '../../../forms/restore/restoreForm';
import type { BackupInfo } from '../../../model/archive';
import {
  NOTHING_LEFT,
  type Finding,
  type Preflight,
  type Remedy,
} from '../../../model/findings/findings';
import type { RestoreOptions } from '../../../model/options';
import { chosenOrListed } from '../chosenEntries';

/** Archives of so many bytes would hold the locks of one transaction for too long. */
const LARGE_ARCHIVE = 32 * 1024 * 1024;

/**
 * Findings without the remedies that would leave nothing to restore, which such a finding says of
 * itself (`NOTHING_LEFT`): a restore of no entries at all is refused.
 *
 * @param inputPath the archive, unpacked
 * @throws AppError those of reading the archive; `objectUnknown`; `cancelled`
 */
export async function withPossibleRemedies(
  preflight: Preflight,
  options: RestoreOptions,
  inputPath: string,
  loop = entryLoop(),
): Promise<Preflight> {
  const { verdict, findings } = preflight;
  if (!findings.some(({ remedies }) => remedies.some(({ kind }) => kind === 'leaveOut'))) {
    return preflight;
  }
  const toc = await readToc(inputPath, { signal: loop.signal });
  const chosen = await chosenOrListed(toc, options, loop);
  const needs = await DependencyNeeds.from(toc, loop);
  const possible = async (finding: Finding): Promise<Finding> => {
    const remedies: Remedy[] = [];
    for (const each of finding.remedies) {
      const leavesSome =
        each.kind !== 'leaveOut' ||
        (await withoutNeeding(needs, chosen, each.dumpIds, loop)).length > 0;
      if (leavesSome) remedies.push(each);
    }
    if (remedies.length === finding.remedies.length) return finding;
    return { ...finding, remedies, details: { ...finding.details, [NOTHING_LEFT]: 1 } };
  };
  const kept: Finding[] = [];
  for (const finding of findings) kept.push(await possible(finding));
  return { verdict, findings: kept };
}

/** Findings without the remedies that set an option which the tool of this restore does not have. */
export function withKnownOptions(
  { verdict, findings }: Preflight,
  options: RestoreOptions,
  context: RestoreContext,
): Preflight {
  const isKnown = (remedy: Remedy): boolean => {
    if (remedy.kind !== 'set' || remedy.options.toolOptions === undefined) return true;
    const { problems } = evaluateRestore({ ...options, ...remedy.options }, context);
    const set = Object.keys(remedy.options.toolOptions).map((id) => `toolOptions.${id}`);
    return !problems.some(({ severity, field }) => severity === 'error' && set.includes(field));
  };
  return {
    verdict,
    findings: findings.map((each) => ({ ...each, remedies: each.remedies.filter(isKnown) })),
  };
}

/** Fields whose problems tell that one transaction is refused, or that it stops where others go on. */
const ABOUT_STOPPING: ReadonlySet<string> = new Set([
  'singleTransaction',
  'exitOnError',
  'clean',
  'ifExists',
]);

/** Is the restore small, and has the form nothing more against it when it is one transaction? */
export function fitsOneTransaction(
  options: RestoreOptions,
  info: BackupInfo,
  context: RestoreContext,
): boolean {
  if (info.sizeBytes >= LARGE_ARCHIVE || info.cluster || options.salvage) return false;
  const now = evaluateRestore(options, context).problems;
  const one = { ...options, singleTransaction: true, exitOnError: true, jobs: 1 };
  return evaluateRestore(one, context).problems.every(
    ({ field, message }) =>
      !ABOUT_STOPPING.has(field) ||
      now.some((known) => known.field === field && known.message === message),
  );
}
