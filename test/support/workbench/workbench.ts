import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rmSync } from 'node:fs';
import { type Browser, type Page, chromium } from 'playwright-core';
import { stopAtExit } from '../machine/cleanup';
import { PATIENCE_MS } from '../until';
import { chromiumArgs, ensureChromium } from '../install/chromium';
import { type VscodeProcess, type VscodeProcessOptions, startVscodeProcess } from './vscodeProcess';
import { type VscodeVersion, ensureVscode } from '../install/vscodeServer';
import { WorkbenchPage } from './workbenchPage';

/** What to open, and how. */
export interface WorkbenchOptions extends VscodeProcessOptions {
  readonly version: VscodeVersion;
  /** Absolute path of the folder or .code-workspace file to open. */
  readonly workspace: string;
  /** Tests to run in the extension host. For driving the UI use `installedExtension` instead. */
  readonly tests?: {
    /** Absolute path of the extension's checkout. */
    readonly extensionDevelopmentPath: string;
    /** Absolute path of a module with `run()`. */
    readonly extensionTestsPath: string;
  };
  /** Starts the server in another way. */
  readonly start?: () => Promise<VscodeProcess>;
  /** Called when `run()` ended (0: it resolved). */
  readonly onTestsEnd?: (code: number) => void;
  /** Called for each line that the extension host's tests print. */
  readonly onLog?: (level: string, args: readonly unknown[]) => void;
  /** Default 1280 x 900. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A real VS Code, opened in a headless browser. */
export interface Workbench {
  readonly page: Page;
  readonly ui: WorkbenchPage;
  readonly vscode: VscodeProcess;
  readonly url: string;
  close(): Promise<void>;
}

/** The address that opens `workspace` in the server's web workbench. */
function workbenchUrl(vscode: VscodeProcess, options: WorkbenchOptions): string {
  const remote = (file: string): string => `vscode-remote://127.0.0.1:${vscode.port}${file}`;
  const payload = [['skipWelcome', 'true']];
  if (options.tests !== undefined) {
    payload.push(['extensionDevelopmentPath', remote(options.tests.extensionDevelopmentPath)]);
    payload.push(['extensionTestsPath', remote(options.tests.extensionTestsPath)]);
  }
  const kind = options.workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
  const query = new URLSearchParams({
    [kind]: options.workspace,
    payload: JSON.stringify(payload),
  });
  return `${vscode.origin}/?${query.toString()}`;
}

async function launchBrowser(): Promise<{ browser: Browser; close: () => Promise<void> }> {
  const executablePath = await ensureChromium();
  const home = await mkdtemp(path.join(tmpdir(), 'chromium-'));
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
    forget();
  };
  const forget = stopAtExit({
    stop: close,
    stopNow: () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }),
  });
  try {
    browser = await chromium.launch({
      executablePath,
      args: [...chromiumArgs],
      timeout: PATIENCE_MS,
      // Crash reports and caches stay out of the user's home.
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    return { browser, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts VS Code and opens the workspace; resolves when the workbench is on the screen. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const startAsUsual = async (): Promise<VscodeProcess> =>
    startVscodeProcess(await ensureVscode(options.version), {
      ...options,
      testDriver: options.tests !== undefined,
    });
  const vscode = await (options.start ?? startAsUsual)();
  let closeBrowser: (() => Promise<void>) | undefined;
  try {
    const { browser, close } = await launchBrowser();
    closeBrowser = close;
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1280, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const ended = (code: number): void => options.onTestsEnd?.(code);
    const log = (level: string, args: unknown[]): void => options.onLog?.(level, args);
    await page.exposeFunction('codeAutomationExit', ended);
    await page.exposeFunction('codeAutomationLog', log);
    const url = workbenchUrl(vscode, options);
    await page.goto(url);
    await page.locator('.monaco-workbench .statusbar').waitFor();
    return {
      page,
      ui: new WorkbenchPage(page, vscode),
      vscode,
      url,
      close: async () => {
        await close();
        await vscode.stop();
      },
    };
  } catch (error) {
    await closeBrowser?.();
    await vscode.stop();
    throw error;
  }
}
