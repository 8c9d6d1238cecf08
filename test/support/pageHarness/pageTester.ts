/** The pages by themselves in a plain browser, for tests: opened in any state, and asked about. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { PageName } from '../../../src/vscode/panels/pageDocument';
import { chromiumArgs, ensureChromium } from '../machine/chromium';
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
    axe: { run(options?: { runOnly: string[] }): Promise<AxeResult> };
    useTheme(theme: ThemeName): void;
    /** Numbers of the requests that the made-up host still has to answer. */
    unanswered: ReadonlySet<number>;
    asked: { method: string; params: { options: Record<string, unknown> } }[];
  }
}

/** One browser and one server of the pages; a context of its own for each page. */
export class PageTester {
  private context: BrowserContext | undefined;
  private complaints: string[] = [];

  private constructor(
    private readonly harness: Harness,
    private readonly browser: Browser,
  ) {}

  static async start(): Promise<PageTester> {
    const harness = await startHarness(repoPaths.root);
    const browser = await chromium.launch({
      executablePath: await ensureChromium(),
      args: [...chromiumArgs],
      timeout: PATIENCE_MS,
    });
    return new PageTester(harness, browser);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    this.harness.close();
  }

  /** Closes the page that is open. Fails on what it complained about, also what the content policy blocked. */
  async closePage(): Promise<void> {
    await this.context?.close();
    this.context = undefined;
    const { complaints } = this;
    this.complaints = [];
    assert.deepEqual(complaints, []);
  }

  async open(page: PageName, options: PageOptions = {}): Promise<Page> {
    const { theme = 'dark', scenario = 'default', width = 1200, height = 900 } = options;
    await this.closePage();
    this.context = await this.browser.newContext({
      viewport: { width, height },
      reducedMotion: 'reduce',
    });
    this.context.setDefaultTimeout(PATIENCE_MS);
    const tab = await this.context.newPage();
    tab.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
    tab.on('pageerror', (error) => this.complaints.push(String(error)));
    await tab.goto(`${this.harness.origin}/${page}?theme=${theme}&scenario=${scenario}`);
    await tab.getByRole('region', { name: page === 'archive' ? 'Contents' : 'Run' }).waitFor();
    if (!unanswering.has(scenario)) await settled(tab);
    return tab;
  }
}

/** Scenarios in which the host never answers. */
const unanswering = new Set(['loading', 'inspecting']);

/** Waits until the page has drawn what it was told; resolves with how many answers it still waits for. */
function drawn(tab: Page): Promise<number> {
  return tab.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const afterDrawing = (): unknown => setTimeout(() => resolve(window.unanswered.size));
        requestAnimationFrame(() => requestAnimationFrame(afterDrawing));
      }),
  );
}

/**
 * Waits until the page has all the answers that it asked for, and has drawn them. Needed between
 * whatever a user does and a look at what came of it.
 */
export async function settled(tab: Page): Promise<void> {
  // An answer may lead to another question.
  do await tab.waitForFunction(() => window.unanswered.size === 0);
  while ((await drawn(tab)) > 0);
}

/** The only rules that a theme makes a difference to. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/**
 * What axe finds, one line each: everything as the page is, and colours in other themes, which it is
 * brought into one after another.
 */
export async function violations(tab: Page, others: readonly ThemeName[] = []): Promise<string[]> {
  const file = path.join(repoPaths.root, 'node_modules/axe-core/axe.min.js');
  // The policy holds for the page; axe comes in over the debugger.
  const session = await tab.context().newCDPSession(tab);
  await session.send('Runtime.evaluate', { expression: await readFile(file, 'utf8') });
  const lines = ({ violations: found }: AxeResult, theme: string): string[] =>
    found.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = '' }) =>
        [id, theme, html.slice(0, 200), failureSummary].join(' '),
      ),
    );
  const all = lines(await tab.evaluate(() => window.axe.run()), '');
  for (const theme of others) {
    await tab.evaluate((name) => window.useTheme(name), theme);
    await drawn(tab);
    const found = await tab.evaluate((runOnly) => window.axe.run({ runOnly }), colourRules);
    all.push(...lines(found, theme));
  }
  return all;
}

/** The same, with the colours of every theme of VS Code. */
export function violationsInAllThemes(tab: Page): Promise<string[]> {
  return violations(tab, Object.keys(themes) as ThemeName[]);
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
