import type { Disaster } from './disaster';
import { byMajor, everywhere } from './disasterCases';
import { healthyCases, healthyNarrow, healthyOn18 } from './healthyCases';
import { furtherLargeObjectCases } from './largeObjectCases';
import { furtherCases } from './presenceCases';
import { errorCases, narrowCases, targetCases } from './targetCases';

/** The cases whose outcome is the same on every release. */
const alike: readonly Disaster[] = [...everywhere, ...targetCases, ...errorCases, ...healthyCases];

/** Those that take longer than they tell, or need a server of their own. */
const long: readonly Disaster[] = [
  ...furtherCases,
  ...furtherLargeObjectCases,
  ...narrowCases,
  healthyNarrow,
];

/** What every run tries of the releases before the newest one. */
const SAMPLE = [
  'a healthy restore into an empty database',
  'clean is stopped by what depends on the tables',
];

/** All cases of a server of this release that the command API can be asked for. */
export function casesOf(major: number): Disaster[] {
  const own = [...(byMajor[major] ?? []), ...(major >= 18 ? healthyOn18 : [])];
  return [...alike, ...long, ...own].filter(
    ({ since = 0, coreOnly }) => major >= since && coreOnly !== true,
  );
}

/** All cases of all releases. */
export function allCases(): Disaster[] {
  return [...alike, ...long, ...healthyOn18, ...Object.values(byMajor).flat()];
}

/**
 * The cases of a short run. On the newest release those that have a finding or a remedy which no
 * earlier one has, but for those that take long, and remedies are taken once; of the others a sample,
 * and what differs.
 */
export function shortCasesOf(major: number, newest: boolean): Disaster[] {
  const own = byMajor[major] ?? [];
  if (!newest) return [...alike.filter(({ title }) => SAMPLE.includes(title)), ...own];
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
