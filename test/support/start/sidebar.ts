import type { Locator } from 'playwright-core';
import type { WorkbenchPage } from '../machine/workbenchPage';

/** The extension's views in the activity bar, by what a screen reader says of them. */
export class Sidebar {
  private constructor(private readonly ui: WorkbenchPage) {}

  /** Shows it by its icon in the activity bar. */
  static async open(ui: WorkbenchPage): Promise<Sidebar> {
    const tab = ui.page.getByRole('tab', { name: /^PostgreSQL Backup/ });
    await tab.first().waitFor({ timeout: 30_000 });
    const shown = await tab.first().getAttribute('aria-expanded');
    if (shown !== 'true') await tab.first().click();
    const sidebar = new Sidebar(ui);
    await sidebar.view('Jobs').waitFor();
    return sidebar;
  }

  view(name: 'Connections' | 'Backups' | 'Jobs'): Locator {
    return this.ui.page.locator('.pane', {
      has: this.ui.page.locator(`.pane-header[aria-label^="${name}"]`),
    });
  }

  /** The row whose spoken text fits. */
  row(view: 'Connections' | 'Backups' | 'Jobs', spoken: RegExp): Locator {
    return this.view(view).getByRole('treeitem', { name: spoken }).first();
  }

  /** Clicks one of the small buttons that a row shows when it is pointed at. */
  async inline(row: Locator, action: string): Promise<void> {
    const button = row.getByRole('button', { name: new RegExp(`^${action}`) });
    for (let attempt = 1; ; attempt++) {
      await row.hover();
      try {
        // A row that is drawn anew meanwhile loses its buttons until it is pointed at again.
        return await button.click({ timeout: 3000 });
      } catch (error) {
        if (attempt >= 10) throw error;
      }
    }
  }

  /** Chooses from a row's context menu. */
  async menu(row: Locator, ...entries: string[]): Promise<void> {
    await row.click({ button: 'right' });
    for (const entry of entries) {
      // A submenu is inside its entry, so the innermost one is meant.
      // Behind its words may stand a key.
      const words = this.ui.page.getByText(entry, { exact: true });
      const item = this.ui.page.getByRole('menuitem').filter({ has: words }).last();
      await item.waitFor();
      for (let attempt = 1; await item.isVisible(); attempt++) {
        if (attempt > 10) throw new Error(`the menu entry "${entry}" takes no click`);
        await item.click({ timeout: 2000 }).catch(() => undefined);
        // A submenu opens beside its entry, which stays.
        if (entry !== entries.at(-1)) break;
        await item.waitFor({ state: 'hidden', timeout: 1000 }).catch(() => undefined);
      }
    }
  }
}
