import assert from 'node:assert/strict';
import type { Preflight } from '../../../src/core/model/findings/findings';
import type { ContentChecksum } from '../machine/compareDatabases';

/** Every table of a target by its name. */
type Sums = ReadonlyMap<string, ContentChecksum>;

/**
 * Fails where a restore has changed what it had not said that it would. After a failure, every table is
 * byte for byte what it was, unless the verdict said that it loses data, or that what was done until
 * then stays.
 */
export function compareTargets(
  { verdict, findings }: Preflight,
  ended: string | null,
  { before, after }: { before: Sums; after: Sums },
): void {
  const failed = ended === 'failed';
  const loses = findings.some(({ severity }) => severity === 'loses');
  const stays = verdict.worst === 'stops' && verdict.partial;
  const said =
    ended !== 'refused' &&
    (failed ? stays || (verdict.worst !== 'stops' && loses) : loses || verdict.fills > 0);
  if (said) return;
  for (const [name, sum] of before) {
    // Large objects that are added count among all of them.
    if (name === 'large objects' && !failed) continue;
    assert.deepEqual(after.get(name), sum, name);
  }
  if (verdict.worst === 'stops') {
    assert.deepEqual([...after.keys()].sort(), [...before.keys()].sort());
  }
}
