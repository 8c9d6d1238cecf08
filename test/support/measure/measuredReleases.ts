import assert from 'node:assert/strict';
import { note } from '../tiers/steps';

/**
 * The newest minor release of each major whose tools were measured, row by row of the catalogue.
 * Up to these the tests hold to the letter what the tools refuse and ignore. A later release may
 * take what the forms withhold: the forms promise only that the tool takes what they offer.
 */
const measured: Readonly<Record<number, number>> = { 13: 23, 15: 18, 17: 12, 18: 6 };

/** A release by its version, e.g. `17.12`. */
export interface Release {
  readonly version: string;
}

/** False for a release that came out after the tools of its major were measured. */
export function isMeasured({ version }: Release): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(version) ?? [];
  // What is not a release (`19beta1`) is ahead of everything that was measured.
  return Number(minor) <= (measured[Number(major)] ?? -1);
}

/** How a tool ended. */
export interface ToolAnswer {
  /** The exit code; undefined after a signal. */
  readonly code: number | undefined;
  readonly stderr: string;
}

/**
 * Holds that the tool refuses what the forms withhold, in words that match `refusal`. A later
 * release may take it, which is printed; no release may end in a third way.
 */
export function assertRefused(
  release: Release,
  what: string,
  answer: ToolAnswer,
  refusal: RegExp,
): void {
  if (answer.code === 0 && !isMeasured(release)) {
    note(`  ${release.version} takes what the forms withhold: ${what}`);
    return;
  }
  assert.equal(answer.code, 1, `${what} (${release.version}): ${answer.stderr}`);
  assert.match(answer.stderr, refusal, `${what} (${release.version})`);
}

/**
 * Holds a habit of the tool for which the forms withhold something, such as ignoring an option. A
 * later release may have lost the habit, which is printed.
 */
export function assertHabit(release: Release, what: string, holds: () => void): void {
  try {
    holds();
  } catch (error) {
    if (isMeasured(release)) throw error;
    note(`  ${release.version} has another habit: ${what}`);
  }
}
