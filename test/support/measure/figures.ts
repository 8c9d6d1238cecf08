/** The figures of benches: a table on the terminal, and JSON for those who compare. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BUDGETS, type Budget, type BudgetName } from '../../bench/budgets';
import { repoPaths } from '../repoPaths';
import type { Spread } from './turns';

/** One line of the table. */
export interface Figure extends Spread {
  readonly name: string;
  /** What it is compared with. */
  readonly against: string;
  readonly unit: Budget['unit'];
  /** null = it is only shown. */
  readonly budget: number | null;
  /** false = the budget is missed, by more than the measured noise. */
  readonly kept: boolean;
}

/** Where a run of the benches leaves its figures. */
export const figuresDir = path.join(repoPaths.root, 'out/bench');

/** A single value that has no spread. */
export const exactly = (value: number): Spread => ({ median: value, lower: value, upper: value });

/**
 * A figure of the table of budgets. A budget is missed when more than half of the measurements
 * miss it and the better quarter does so too: by more than they differ among each other.
 */
export function figure(budgetName: BudgetName, spread: Spread): Figure {
  const { name, against, unit, budget } = BUDGETS[budgetName];
  return { name, against, unit, budget, ...spread, kept: !(spread.lower > budget) };
}

/** A figure without a budget. */
export function shown(name: string, unit: Figure['unit'], spread: Spread, against = ''): Figure {
  return { name, against, unit, budget: null, ...spread, kept: true };
}

/**
 * Prints figures, writes them as `out/bench/<bench>.json`, and makes the exit code tell whether the
 * budgets are kept.
 */
export function report(bench: string, figures: readonly Figure[]): void {
  printFigures(figures);
  mkdirSync(figuresDir, { recursive: true });
  writeFileSync(path.join(figuresDir, `${bench}.json`), `${JSON.stringify(figures, null, 2)}\n`);
  if (figures.some(({ kept }) => !kept)) process.exitCode = 1;
}

const DIGITS: Readonly<Record<Figure['unit'], number>> = {
  ...{ ratio: 3, ms: 0, s: 2, kB: 0, MB: 1 },
  ...{ points: 1, '%': 0, count: 0 },
};

/** Prints the table. */
export function printFigures(figures: readonly Figure[]): void {
  const rows = figures.map((each) => {
    const text = (value: number): string => value.toFixed(DIGITS[each.unit]);
    const unit = each.unit === 'ratio' || each.unit === 'count' ? '' : ` ${each.unit}`;
    const verdict = each.kept ? 'kept' : 'MISSED';
    return [
      each.name,
      each.against,
      text(each.median) + unit,
      `${text(each.lower)} to ${text(each.upper)}`,
      each.budget === null ? '' : `${each.budget}${unit} ${verdict}`,
    ];
  });
  const table = [['figure', 'against', 'median', 'half within', 'budget'], ...rows];
  const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
  for (const row of table) {
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

/** Forgets the figures of earlier runs. */
export function forgetFigures(): void {
  rmSync(figuresDir, { recursive: true, force: true });
}

/** All figures of this run as one table, also as `out/bench/all.json`. */
export function summarize(): void {
  // A bench that has no figures is still one of the run.
  mkdirSync(figuresDir, { recursive: true });
  const names = readdirSync(figuresDir, { withFileTypes: true })
    .map(({ name }) => name)
    .filter((name) => name.endsWith('.json'))
    .sort();
  const all = names.flatMap((name) => {
    const text = readFileSync(path.join(figuresDir, name), 'utf8');
    return JSON.parse(text) as Figure[];
  });
  writeFileSync(path.join(figuresDir, 'all.json'), `${JSON.stringify(all, null, 2)}\n`);
  console.log();
  printFigures(all);
}
