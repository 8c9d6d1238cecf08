import { testedMajors } from '../install/postgres';
import type { Disaster } from './disaster';
import { everywhere } from './disasterCases';
import { healthyCases, healthyNarrow } from './healthyCases';
import { furtherLargeObjectCases } from './largeObjectCases';
import { furtherCases } from './presenceCases';
import { casesOfRelease } from './releaseCases';
import { restoredCases } from './restoredCases';
import { errorCases, narrowCases, targetCases } from './targetCases';

/** The cases whose outcome is the same on every release. */
const alike: readonly Disaster[] = [...everywhere, ...targetCases, ...errorCases, ...healthyCases];

/** Those that take longer than they tell, or need a server of their own. */
const long: readonly Disaster[] = [
  ...furtherCases,
  ...furtherLargeObjectCases,
  ...restoredCases,
  ...narrowCases,
  healthyNarrow,
];

/** The release whose own cases a short run has, but for those with remedies. */
const DIFFERS_MOST = 15;

/** What every run tries of the releases before the newest one. */
const SAMPLE = [
  'a healthy restore into an empty database',
  'clean is stopped by what depends on the tables',
];

/** All cases of a server of this release that the command API can be asked for. */
export function casesOf(major: number): Disaster[] {
  return [...alike, ...long, ...casesOfRelease(major)].filter(({ coreOnly }) => coreOnly !== true);
}

/** All cases of all releases. */
export function allCases(): Disaster[] {
  // Of cases of one title, that of the newest release has all remedies.
  const unique = new Map(testedMajors.flatMap(casesOfRelease).map((each) => [each.title, each]));
  return [...alike, ...long, ...unique.values()];
}

/**
 * The cases of a short run. On the newest release those that have a finding or a remedy which no
 * earlier one has, but for those that take long, and remedies are taken once; of the others a sample,
 * and of one what differs.
 */
export function shortCasesOf(major: number, newest: boolean): Disaster[] {
  const own = newest || major === DIFFERS_MOST ? casesOfRelease(major) : [];
  if (!newest) {
    const differing = own.filter(({ press }) => press === undefined);
    return [...alike.filter(({ title }) => SAMPLE.includes(title)), ...differing];
  }
  const seen = new Set<string>();
  const quick = alike.filter(
    (each) => !errorCases.includes(each) && each.pooled !== true && each.options?.swapIn !== true,
  );
  return [...quick, ...own].flatMap((each) => {
    const press = (each.press ?? []).filter((ids) => ids.some((id) => !seen.has(id)));
    const found =
      each.expect.length === 0 ? [each.near === undefined ? 'well' : 'near'] : each.expect;
    const isNew = press.length > 0 || found.some((code) => !seen.has(code));
    for (const name of [...press.flat(), ...found]) seen.add(name);
    return isNew || SAMPLE.includes(each.title) ? [{ ...each, press }] : [];
  });
}
