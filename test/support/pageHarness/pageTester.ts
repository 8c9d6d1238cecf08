/** The pages by themselves in a plain browser, for tests: opened in any state, and asked about. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import type { PageName } from '../../../src/vscode/panels/pageDocument';
import { stopAtExit } from '../machine/cleanup';
import { chromiumArgs, ensureChromium } from '../install/chromium';
import { processWide } from '../machine/processWide';
import { repoPaths } from '../repoPaths';
import { PATIENCE_MS } from '../until';
import { type Harness, startHarness } from './harnessServer';
import { themes, type ThemeName } from './themes';

export interface PageOptions {
  theme?: ThemeName;
  scenario?: string;
  width?: number;
  height?: number;
}

interface AxeResult {
  violations: {
    id: string;
    nodes: { html: string; failureSummary?: string }[];
  }[];
}

declare global {
  interface Window {
    axe?: { run(options: { runOnly?: string[]; resultTypes: string[] }): Promise<AxeResult> };
    useTheme(theme: ThemeName): void;
    /** How many answers of the made-up host and timers of its own the page still waits for. */
    pending(): number;
    asked: { method: string; params: { options: Record<string, unknown> } }[];
  }
}

const DEFAULT_THEME: ThemeName = 'dark';

/** One server of the pages, and one tab of a browser, in which they are opened one after another. */
export class PageTester {
  private complaints: string[] = [];
  /** Tells the pages apart in what the browser remembers for them. */
  private opened = 0;

  private constructor(
    private readonly harness: Harness,
    private readonly tab: Page,
  ) {
    tab.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
    tab.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  /** The tester of this process, which ends with the process. */
  static start(): Promise<PageTester> {
    return processWide('page tester', () => PageTester.launch());
  }

  private static async launch(): Promise<PageTester> {
    const harness = await startHarness(repoPaths.root);
    const browser = await chromium.launch({
      executablePath: await ensureChromium(),
      args: [...chromiumArgs],
      timeout: PATIENCE_MS,
    });
    stopAtExit({ stop: () => browser.close(), stopNow: () => undefined });
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    context.setDefaultTimeout(PATIENCE_MS);
    return new PageTester(harness, await context.newPage());
  }

  /** Leaves the page that is open. Fails on what it complained about, also what the content policy blocked. */
  async closePage(): Promise<void> {
    await this.tab.goto('about:blank');
    const { complaints } = this;
    this.complaints = [];
    assert.deepEqual(complaints, []);
  }

  async open(page: PageName, options: PageOptions = {}): Promise<Page> {
    const { tab } = this;
    const { theme = DEFAULT_THEME, scenario = 'default', width = 1200, height = 900 } = options;
    await this.closePage();
    await tab.setViewportSize({ width, height });
    // Moves the mouse out of the page, because the test before may have left it there.
    await tab.mouse.move(-1, -1);
    const query = `theme=${theme}&scenario=${scenario}&opened=${++this.opened}`;
    await tab.goto(`${this.harness.origin}/${page}?${query}`);
    await tab.getByRole('region', { name: page === 'archive' ? 'Contents' : 'Run' }).waitFor();
    if (!unanswering.has(scenario)) await settled(tab);
    return tab;
  }
}

/** Scenarios in which the host never answers. */
const unanswering = new Set(['loading', 'inspecting', 'looking']);

/**
 * Waits until the page has drawn its state; resolves with the number of answers and timers that it
 * still waits for.
 */
function drawn(tab: Page): Promise<number> {
  return tab.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const afterDrawing = (): unknown => setTimeout(() => resolve(window.pending()));
        requestAnimationFrame(() => requestAnimationFrame(afterDrawing));
      }),
  );
}

/**
 * Waits until the page has sent its delayed requests, has all answers, and has drawn them. Needed
 * between an action of the user and a look at its result.
 */
export async function settled(tab: Page): Promise<void> {
  // An answer may lead to another question.
  do await tab.waitForFunction(() => window.pending() === 0);
  while ((await drawn(tab)) > 0);
}

/** The only rules that a theme makes a difference to. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/**
 * What axe finds, one line each: everything as the page is, and colours in other themes, which it is
 * brought into one after another.
 */
export async function violations(tab: Page, others: readonly ThemeName[] = []): Promise<string[]> {
  if (await tab.evaluate(() => window.axe === undefined)) {
    const file = path.join(repoPaths.root, 'node_modules/axe-core/axe.min.js');
    // axe is loaded by the debugger, because the page's content security policy would block it.
    const session = await tab.context().newCDPSession(tab);
    await session.send('Runtime.evaluate', { expression: await readFile(file, 'utf8') });
    await session.detach();
  }
  const run = (runOnly?: string[]): Promise<AxeResult> =>
    tab.evaluate((rules) => {
      const options = { resultTypes: ['violations'], ...(rules ? { runOnly: rules } : {}) };
      return window.axe!.run(options);
    }, runOnly);
  const lines = ({ violations: found }: AxeResult, theme: string): string[] =>
    found.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = '' }) =>
        [id, theme, html.slice(0, 200), failureSummary].join(' '),
      ),
    );
  const all = lines(await run(), '');
  for (const theme of others) {
    await tab.evaluate((name) => window.useTheme(name), theme);
    await drawn(tab);
    all.push(...lines(await run(colourRules), theme));
  }
  return all;
}

/**
 * `violations` with the colours of every theme of VS Code, for a page that was opened in the dark
 * one.
 */
export function violationsInAllThemes(tab: Page): Promise<string[]> {
  const others = (Object.keys(themes) as ThemeName[]).filter((name) => name !== DEFAULT_THEME);
  return violations(tab, others);
}

/** What the page has asked its host for so far. */
export async function askedMethods(tab: Page): Promise<string[]> {
  return tab.evaluate(() => window.asked.map(({ method }) => method));
}

/** The options of the job that the page asks to start, once it has. */
export async function submitted(tab: Page): Promise<Record<string, unknown>> {
  await tab.waitForFunction(() => window.asked.some(({ method }) => method === 'job/start'));
  return tab.evaluate(
    () => window.asked.find(({ method }) => method === 'job/start')!.params.options,
  );
}
