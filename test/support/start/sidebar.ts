import type { Locator } from 'playwright-core';
import type { WorkbenchPage } from '../workbench/workbenchPage';
import { insist } from '../until';

/** The extension's views in the activity bar, by what a screen reader says of them. */
export class Sidebar {
  private constructor(private readonly ui: WorkbenchPage) {}

  /**
   * Shows it by a command. Not by a click on its icon in the activity bar: in a reloaded window,
   * which is about to show the views again, the click would hide them.
   */
  static async open(ui: WorkbenchPage): Promise<Sidebar> {
    const sidebar = new Sidebar(ui);
    await insist(async (limit) => {
      await ui.runCommand('PostgreSQL Backup: Focus on Jobs View');
      await sidebar.view('Jobs').waitFor({ timeout: limit });
    });
    return sidebar;
  }

  view(name: 'Connections' | 'Backups' | 'Jobs'): Locator {
    return this.ui.page.locator('.pane', {
      has: this.ui.page.locator(`.pane-header[aria-label^="${name}"]`),
    });
  }

  /** The row whose accessible name matches. */
  row(view: 'Connections' | 'Backups' | 'Jobs', spoken: RegExp): Locator {
    return this.view(view).getByRole('treeitem', { name: spoken }).first();
  }

  /** Clicks one of the small buttons that a row shows when it is pointed at. See `menu`. */
  async inline(row: Locator, action: string, opens?: Locator): Promise<void> {
    const button = row.getByRole('button', { name: new RegExp(`^${action}`) });
    // A row that is drawn anew meanwhile loses its buttons until it is pointed at again.
    await this.insistOn(opens, async (limit) => {
      await row.hover({ timeout: limit });
      await button.waitFor({ timeout: limit });
      // With a long limit, so that a slow click is not repeated.
      await button.click({ timeout: 10 * limit });
    });
  }

  /**
   * Chooses from a row's context menu. A click may have no effect, because a menu closes when its
   * list is drawn anew, and a list that has just moved takes no clicks: with `opens`, what the
   * entry leads to, it is repeated until that is there.
   */
  async menu(row: Locator, entry: string | readonly string[], opens?: Locator): Promise<void> {
    const items = [entry].flat().map((label) => {
      // A submenu is inside its entry, so the innermost one is meant. A key binding may follow the
      // label.
      const words = this.ui.page.getByText(label, { exact: true });
      return this.ui.page.getByRole('menuitem').filter({ has: words }).last();
    });
    const last = items.at(-1);
    if (last === undefined) throw new Error('no menu entry named');
    await this.insistOn(
      opens,
      async (limit) => {
        await row.click({ button: 'right', timeout: limit });
        // A submenu opens beside its entry.
        for (const item of items.slice(0, -1)) await item.click({ timeout: limit });
        await last.waitFor({ timeout: limit });
        await this.ui.clickMenuItem(last);
      },
      () => this.ui.page.keyboard.press('Escape'),
    );
  }

  private async insistOn(
    opens: Locator | undefined,
    attempt: (limit: number) => Promise<void>,
    afterwards?: () => Promise<void>,
  ): Promise<void> {
    const isOpen = async (): Promise<boolean> => (await opens?.isVisible()) === true;
    await insist(
      async (limit) => {
        if (await isOpen()) return;
        await attempt(limit);
        await opens?.waitFor({ timeout: 10 * limit });
      },
      // What has opened late must not be closed again.
      async () => void ((await isOpen()) || (await afterwards?.())),
    );
  }
}
