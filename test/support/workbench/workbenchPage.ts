import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { repoPaths } from '../repoPaths';
import { insist } from '../until';
import type { VscodeProcess } from './vscodeProcess';

/** The themes that ship with VS Code, and the class each gives the workbench. */
const themes = {
  'Default Light Modern': 'vs',
  'Default Dark Modern': 'vs-dark',
  'Default High Contrast': 'hc-black',
  'Default High Contrast Light': 'hc-light',
} as const;

/** A theme of VS Code by its settings name. */
export type ThemeName = keyof typeof themes;

/** One finding of axe. */
export interface AccessibilityViolation {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  /** The elements' HTML, shortened. */
  readonly elements: readonly string[];
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Does in the workbench what a user does, by what a user sees. */
export class WorkbenchPage {
  constructor(
    readonly page: Page,
    private readonly vscode: VscodeProcess,
  ) {}

  /** The quick input (palette, pickers, input boxes, file dialogs). */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  /** Runs a command by its title (with category, as shown) through the palette. */
  async runCommand(title: string): Promise<void> {
    const row = this.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ has: this.page.getByText(title, { exact: true }) })
      .or(
        this.page.locator(
          `.quick-input-list .monaco-list-row[aria-label^=${JSON.stringify(title)}]`,
        ),
      )
      .first();
    // Commands appear when the extension host has come up, so the palette is asked again. It closes
    // when something else takes the focus, such as a dialog that is just going away.
    await insist(
      async (limit) => {
        await this.page.keyboard.press('F1');
        await this.quickInput.locator('input.input').fill(`>${title}`, { timeout: limit });
        await row.waitFor({ timeout: limit });
        // With a long limit, so that a slow click is not repeated.
        await row.click({ timeout: 10 * limit });
      },
      () => this.page.keyboard.press('Escape'),
    );
  }

  /** Closes all editors by its keys, which is quicker than the palette, and waits until they are gone. */
  async closeEditors(): Promise<void> {
    const tabs = this.page.locator('.editor-group-container .tabs-container .tab');
    await insist(async (limit) => {
      if ((await tabs.count()) === 0) return;
      await this.page.keyboard.press('ControlOrMeta+K');
      await this.page.keyboard.press('ControlOrMeta+W');
      await tabs.first().waitFor({ state: 'detached', timeout: limit });
    });
  }

  /** Types into the quick input and accepts. */
  async fillQuickInput(text: string): Promise<void> {
    await this.quickInput.locator('input.input').fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Answers an open file dialog with an absolute path (VS Code's own dialog, a quick input). */
  async chooseFile(file: string): Promise<void> {
    const input = this.quickInput.locator('input.input');
    const accept = await this.fileDialog();
    await insist(async (limit) => {
      if (!(await this.quickInput.isVisible())) return;
      await input.fill(file, { timeout: limit });
      // The dialog looks the path up while it is typed, and an early click would act on the folder.
      await this.page.waitForTimeout(limit / 4);
      if ((await input.inputValue({ timeout: limit })) !== file) {
        throw new Error(`the file dialog shows another path than ${file}`);
      }
      await accept.click({ timeout: limit });
      await this.quickInput.waitFor({ state: 'hidden', timeout: limit });
    });
  }

  /** Closes a file dialog that is about to come up. */
  async cancelFileDialog(): Promise<void> {
    await this.fileDialog();
    await insist(async (limit) => {
      await this.page.keyboard.press('Escape');
      await this.quickInput.waitFor({ state: 'hidden', timeout: limit });
    });
  }

  /** Waits for VS Code's own file dialog, and returns the button that accepts. */
  private async fileDialog(): Promise<Locator> {
    const names = /^(OK|Open|Save|Select|Choose)/;
    const accept = this.quickInput.getByRole('button', { name: names }).first();
    await accept.waitFor();
    return accept;
  }

  /** Picks the row of an open quick pick whose text contains `label`. */
  async pick(label: string): Promise<void> {
    await this.quickInput.locator('.monaco-list-row', { hasText: label }).first().click();
  }

  /**
   * The inner frame of the webview that is visible, where its page's elements are. With a title,
   * that editor's tab is brought to the front first.
   */
  async webviewFrame(title?: string): Promise<Frame> {
    if (title !== undefined) {
      await this.page
        .getByRole('tab', { name: new RegExp(escapeForRegExp(title)) })
        .first()
        .click();
    }
    const outer = this.page.locator('iframe.webview.ready:visible').last();
    const inner = outer.contentFrame().locator('iframe#active-frame');
    // VS Code loads a page into a second frame, and then puts that into the place of the first.
    return insist(async (limit) => {
      const element = await inner.elementHandle({ timeout: limit });
      const frame = await element?.contentFrame();
      if (frame === null || frame === undefined) throw new Error('the webview has no content');
      await frame.waitForLoadState('domcontentloaded', { timeout: limit });
      return frame;
    });
  }

  /** The Explorer's row of a file or folder; `item` is relative to the workspace folder. */
  async explorerItem(item: string): Promise<Locator> {
    const parts = item.split('/');
    let row: Locator | undefined;
    for (const [index, name] of parts.entries()) {
      row = this.page
        .locator(`.explorer-folders-view .monaco-list-row[aria-level="${index + 1}"]`)
        .filter({ has: this.page.locator('.label-name').getByText(name, { exact: true }) })
        .first();
      await row.waitFor();
      const collapsed = (await row.getAttribute('aria-expanded')) === 'false';
      if (index < parts.length - 1 && collapsed) await row.click();
    }
    if (row === undefined) throw new Error('no item named');
    return row;
  }

  /** Opens the context menu of an Explorer item and chooses an entry. */
  async openContextMenu(explorerItem: string, menuLabel: string): Promise<void> {
    const row = await this.explorerItem(explorerItem);
    const entry = this.menuItem(menuLabel);
    // A menu shows what was contributed when it was opened, and extensions come in a little later.
    await insist(
      async (limit) => {
        await row.click({ button: 'right', timeout: limit });
        await entry.waitFor({ timeout: limit });
        await this.clickMenuItem(entry);
      },
      () => this.page.keyboard.press('Escape'),
    );
  }

  /**
   * For a moment after it opened, a menu takes no clicks (they may belong to the right click).
   *
   * @throws Error when it closes before it was clicked, as it does when its list is drawn anew
   */
  async clickMenuItem(entry: Locator): Promise<void> {
    let clicked = false;
    await insist(async (limit) => {
      if (!(await entry.isVisible())) return;
      await entry.click({ timeout: limit });
      clicked = true;
      await entry.waitFor({ state: 'hidden', timeout: limit });
    });
    if (!clicked) throw new Error('the menu has closed before it was clicked');
  }

  /** An entry of the context menu that is open. */
  menuItem(label: string): Locator {
    return this.page
      .locator('.context-view .monaco-menu .action-item')
      .filter({ has: this.page.getByText(label, { exact: true }) })
      .first();
  }

  /** A button of the modal dialog that is open. */
  dialogButton(label: string): Locator {
    return this.page
      .locator('.monaco-dialog-box')
      .getByRole('button', { name: label, exact: true });
  }

  /** Label of the button that has the focus in the modal dialog. */
  async dialogFocus(): Promise<string> {
    return this.page.locator('.monaco-dialog-box .monaco-button:focus').innerText();
  }

  /** Text of the modal dialog that is open. */
  async dialogText(): Promise<string> {
    return this.page.locator('.monaco-dialog-box .dialog-message-container').innerText();
  }

  /** Texts of the notifications on the screen. */
  async notifications(): Promise<string[]> {
    return this.page.locator('.notification-list-item-message:visible').allInnerTexts();
  }

  /** The notification whose text contains `text`, while it is on the screen. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item:visible', { hasText: text }).first();
  }

  /**
   * Waits until there is a notification whose text contains `text`. One that has hidden itself
   * already is looked up in the notification centre.
   */
  async waitForNotification(text: string | RegExp): Promise<Locator> {
    const item = this.notification(text);
    const centre = this.page.locator('.notifications-center.visible');
    await insist(
      (limit) => item.waitFor({ timeout: 4 * limit }),
      async () => {
        if (!(await centre.isVisible())) await this.toggleNotificationCentre();
      },
    );
    return item;
  }

  /** The bell in the status bar. */
  async toggleNotificationCentre(): Promise<void> {
    await this.page.locator('[id="status.notifications"]').click();
  }

  /** Clicks a button of the notification whose text contains `text`, waiting for it. */
  async clickNotificationButton(text: string | RegExp, label: string): Promise<void> {
    await insist(async (limit) => {
      const item = await this.waitForNotification(text);
      // Pointing at it shows the buttons and keeps it from hiding.
      await item.hover({ timeout: limit });
      const button = item.getByRole('button', { name: label, exact: true });
      await button.waitFor({ timeout: limit });
      await button.click({ timeout: 10 * limit });
    });
  }

  /** Ids of the jobs in the state of pages that VS Code has saved, and gives back after a reload. */
  async savedJobIds(): Promise<string[]> {
    const values = await this.page.evaluate(async () => {
      const done = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(new Error(String(request.error)));
        });
      const all: string[] = [];
      for (const { name } of await indexedDB.databases()) {
        if (name?.startsWith('vscode-web-state-db-') !== true) continue;
        const db = await done(indexedDB.open(name));
        const items = await done(db.transaction('ItemTable').objectStore('ItemTable').getAll());
        all.push(...items.map(String));
        db.close();
      }
      return all;
    });
    return values.flatMap((value) =>
      [...value.matchAll(/jobId\W+([0-9a-f-]{36})/g)].map(([, id = '']) => id),
    );
  }

  /** Switches the colour theme and waits until it is applied. */
  async setTheme(theme: ThemeName): Promise<void> {
    const settings = { ...this.vscode.settings, 'workbench.colorTheme': theme };
    await this.vscode.writeSettings(settings);
    await this.page.locator(`.monaco-workbench.${themes[theme]}`).waitFor();
  }

  /** Saves a picture of the whole window in the folder; returns its path. */
  async picture(name: string, dir: string): Promise<string> {
    const file = path.join(dir, `${name}.png`);
    await this.page.screenshot({ path: file, animations: 'disabled' });
    return file;
  }

  /**
   * Saves a picture of the window as the test sees it, as `out/screenshots/<name>.png`. Only with
   * `PGBR_SCREENSHOTS` in the environment: it takes half a second.
   */
  async screenshot(name: string): Promise<void> {
    if (!process.env['PGBR_SCREENSHOTS']) return;
    await this.picture(name, path.join(repoPaths.out, 'screenshots'));
  }

  /** The text for assistive technology of all frames, to find out why a test failed. */
  async accessibleText(): Promise<string> {
    const frames = this.page.frames().map(async (frame) => {
      const text = await frame.locator('body').ariaSnapshot();
      return `${frame.url()}\n${text}\n`;
    });
    const settled = await Promise.allSettled(frames);
    return settled.map((one) => (one.status === 'fulfilled' ? one.value : '')).join('\n');
  }

  /** Runs axe over a webview's page (see {@link webviewFrame}). */
  async axe(frame: Frame): Promise<AccessibilityViolation[]> {
    const source = path.join(repoPaths.root, 'node_modules/axe-core/axe.min.js');
    if (!(await frame.evaluate(() => 'axe' in globalThis))) {
      // Evaluated by the browser's debugger, so the page's content security policy stays as it is.
      await frame.evaluate(await readFile(source, 'utf8'));
    }
    return frame.evaluate(async () => {
      interface Axe {
        run(options: { resultTypes: string[] }): Promise<{
          violations: {
            id: string;
            impact?: string;
            help: string;
            nodes: { html: string }[];
          }[];
        }>;
      }
      const { axe } = globalThis as unknown as { axe: Axe };
      const { violations } = await axe.run({ resultTypes: ['violations'] });
      return violations.map(({ id, impact, help, nodes }) => ({
        id,
        impact: impact ?? '',
        help,
        elements: nodes.map((node) => node.html.slice(0, 300)),
      }));
    });
  }
}
