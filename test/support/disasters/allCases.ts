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
 * The cases of a short run: all on the newest release, but each remedy is taken once; of the others a
 * sample, and what differs.
 */
export function shortCasesOf(major: number, newest: boolean): Disaster[] {
  const own = byMajor[major] ?? [];
  if (!newest) return [...alike.filter(({ title }) => SAMPLE.includes(title)), ...own];
  const taken = new Set<string>();
  return [...alike, ...own, ...(major >= 18 ? healthyOn18 : [])].map((each) => {
    const press = (each.press ?? []).filter((ids) => ids.some((id) => !taken.has(id)));
    for (const id of press.flat()) taken.add(id);
    return { ...each, press };
  });
}
