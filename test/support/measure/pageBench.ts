/**
 * What the benches of pages share: a page in a plain browser, the longest task that an action
 * makes, and the table of results. While a task runs the page neither draws nor answers.
 */
import { chromium, type Page } from 'playwright-core';
import { chromiumArgs, ensureChromium } from '../install/chromium';
import { median, printRow } from './measure';
import { startHarness } from '../pageHarness/harnessServer';
import { repoPaths } from '../repoPaths';

declare global {
  interface Window {
    /** The longest gap between two readings of the clock, in ms. */
    longestTask: number;
  }
}

/** Reads the clock in as many tasks as possible, beginning before the page's own code. */
function watchTasks(): void {
  window.longestTask = 0;
  let last = performance.now();
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    const now = performance.now();
    window.longestTask = Math.max(window.longestTask, now - last);
    last = now;
    port2.postMessage(null);
  };
  port2.postMessage(null);
}

/** Forgets the tasks up to now. */
export async function forgetTasks(page: Page): Promise<void> {
  await page.evaluate(() => (window.longestTask = 0));
}

/** The longest task since {@link forgetTasks}, in ms. */
export async function longestTask(page: Page): Promise<number> {
  return page.evaluate(() => window.longestTask);
}

/** The longest task that an action makes, what it sets off included, in ms. */
export async function longestTaskOf(page: Page, action: () => Promise<void>): Promise<number> {
  await page.waitForTimeout(300);
  await forgetTasks(page);
  await action();
  await page.waitForTimeout(400);
  return longestTask(page);
}

/** Records one value of a round, with its limit. */
export type Note = (name: string, milliseconds: number, budgetMs: number) => void;

/** A page to be measured. */
export interface PageBench {
  readonly title: string;
  /** Path and query of the page at the harness. */
  readonly address: string;
  readonly rounds: number;
  /** Runs in the page before its own code. */
  readonly script?: () => void;
  /** One round, on a page that was just gone to. */
  readonly measure: (page: Page, note: Note) => Promise<void>;
}

/** Carries the rounds out and prints the medians; the exit code tells whether the budgets are kept. */
export async function runPageBench(bench: PageBench): Promise<void> {
  const harness = await startHarness(repoPaths.root);
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: [...chromiumArgs],
  });
  try {
    const results = new Map<string, { budgetMs: number; values: number[] }>();
    const note: Note = (name, milliseconds, budgetMs) => {
      const known = results.get(name) ?? { budgetMs, values: [] };
      known.values.push(milliseconds);
      results.set(name, known);
    };
    for (let round = 0; round < bench.rounds; round++) {
      const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
      await page.addInitScript(watchTasks);
      if (bench.script !== undefined) await page.addInitScript(bench.script);
      await page.goto(harness.origin + bench.address);
      await bench.measure(page, note);
      await page.close();
    }
    console.log(`${bench.title}, median of ${bench.rounds}`);
    for (const [name, { budgetMs, values }] of results) {
      const value = median(values);
      const kept = value <= budgetMs;
      if (!kept) process.exitCode = 1;
      printRow(name, `${value.toFixed(0)} ms`, `${budgetMs} ${kept ? 'kept' : 'over'}`);
    }
  } finally {
    await browser.close();
    harness.close();
  }
}
