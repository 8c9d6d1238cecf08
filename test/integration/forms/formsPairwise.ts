/** The values that each field can take. */
export type Values<T> = { readonly [K in keyof T]: readonly T[K][] };

export interface PairwiseRows<T> {
  /** Rows that together contain every possible pair of values. */
  rows: T[];
  /** Pairs that no row can have, as `field=value field=value`. */
  impossible: string[];
}

/** How many completions of a pair are tried before it counts as impossible. */
const ATTEMPTS = 300;
/**
 * From this attempt on, half of the fields keep their defaults, because such rows are accepted far
 * more often.
 */
const WILD_ATTEMPTS = 40;

/**
 * Rows in which every pair of values of two different fields occurs at least once, unless
 * `accepts` refuses every row that was tried with it.
 */
export function pairwiseRows<T extends object>(
  values: Values<T>,
  accepts: (row: T) => boolean,
  random: () => number,
  /** The form's initial values. */
  defaults: T,
): PairwiseRows<T> {
  const fields = Object.keys(values) as (keyof T & string)[];
  const pick = <V>(list: readonly V[]): V => list[Math.floor(random() * list.length)] as V;
  const randomRow = (wild: boolean): T => {
    const row: Partial<T> = {};
    for (const field of fields) {
      row[field] = wild || random() < 0.5 ? pick(values[field]) : defaults[field];
    }
    return row as T;
  };
  const name = (field: keyof T & string, value: unknown): string =>
    `${field}=${JSON.stringify(value)}`;
  const pairsOf = (row: T): string[] =>
    fields.flatMap((a, i) =>
      fields.slice(i + 1).map((b) => `${name(a, row[a])} ${name(b, row[b])}`),
    );

  const covered = new Set<string>();
  const rows: T[] = [];
  const impossible: string[] = [];
  for (const [i, a] of fields.entries()) {
    for (const b of fields.slice(i + 1)) {
      for (const valueA of values[a]) {
        for (const valueB of values[b]) {
          const pair = `${name(a, valueA)} ${name(b, valueB)}`;
          if (covered.has(pair)) continue;
          let best: { row: T; gain: number } | undefined;
          // Of the rows that are accepted, the one with the most pairs that are still missing.
          for (let n = 0, found = 0; n < ATTEMPTS && found < 8; n++) {
            const row: T = { ...randomRow(n < WILD_ATTEMPTS), [a]: valueA, [b]: valueB };
            if (!accepts(row)) continue;
            found++;
            const gain = pairsOf(row).filter((each) => !covered.has(each)).length;
            if (!best || gain > best.gain) best = { row, gain };
          }
          // Where nearly everything else is refused, chance does not find a row: the defaults do.
          const plain: T = { ...defaults, [a]: valueA, [b]: valueB };
          if (!best && accepts(plain)) best = { row: plain, gain: 1 };
          if (!best) impossible.push(pair);
          else {
            rows.push(best.row);
            for (const each of pairsOf(best.row)) covered.add(each);
          }
        }
      }
    }
  }
  return { rows, impossible };
}
