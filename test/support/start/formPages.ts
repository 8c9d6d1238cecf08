import { until } from '../until';
import type { Frame, Locator } from 'playwright-core';
import type { WorkbenchPage } from '../workbench/workbenchPage';

/** A form of the extension in VS Code, by the names that a user reads. */
class FormPage {
  constructor(readonly frame: Frame) {}

  /** The result below the form after a run. */
  get result(): Locator {
    return this.frame.getByRole('group', { name: 'Result' });
  }

  /** Waits for the end of the run and returns its one sentence. */
  async outcome(): Promise<string> {
    return (await this.result.locator('.outcome-line').innerText()).trim();
  }

  /** Text field by its label. */
  textField(label: string): Locator {
    return this.frame.getByRole('textbox', { name: label });
  }

  /** Chooses from a list by its label; `option` is what the chosen one begins with. */
  async choose(label: string, option: string): Promise<void> {
    await this.frame.getByRole('combobox', { name: label }).click();
    await this.frame.getByRole('option', { name: new RegExp(`^${option}`) }).click();
  }

  button(label: string): Locator {
    return this.frame.getByRole('button', { name: label, exact: true });
  }

  /** Ticks or unticks a checkbox; does nothing when it is as wanted. */
  async setChecked(label: string, checked: boolean): Promise<void> {
    const box = this.frame.getByRole('checkbox', { name: new RegExp(`^${label}`) });
    if ((await box.isChecked()) !== checked) await box.click();
  }
}

/** The form that backs up. */
export class BackupForm extends FormPage {
  /** Opens it through the palette and waits until the server's catalog is shown. */
  static async open(ui: WorkbenchPage): Promise<BackupForm> {
    await ui.runCommand('PostgreSQL Backup: Back Up Database…');
    const form = new BackupForm(await ui.webviewFrame('Back Up '));
    await form.button('Create Backup').waitFor();
    return form;
  }

  /** Types where the backup goes; once more where the form's own proposal came in between. */
  async saveTo(file: string): Promise<void> {
    const field = this.textField('Save to');
    await until(async () => {
      await field.fill(file);
      return (await field.inputValue()) === file;
    }, 'the path is typed');
  }

  async chooseFormat(label: 'Custom' | 'Directory' | 'Plain SQL' | 'Tar'): Promise<void> {
    await this.frame.getByRole('radio', { name: new RegExp(`^${label}`) }).click();
  }

  /**
   * Sets the lock wait timeout, because with the default a backup on a busy machine could give up
   * after 30 s.
   */
  async waitForLocks(seconds: number): Promise<void> {
    const search = this.frame.getByRole('textbox', { name: 'Search options' });
    await search.fill('lock wait');
    const field = this.frame.getByRole('spinbutton', { name: /^Lock wait timeout/ });
    await field.fill(String(seconds));
    await search.fill('');
  }

  async create(): Promise<string> {
    await this.button('Create Backup').click();
    return this.outcome();
  }
}

/** The form that restores. */
export class RestoreForm extends FormPage {
  /** Opens it from a dump in the Explorer, `item` being its path in the workspace. */
  static async openFor(ui: WorkbenchPage, item: string): Promise<RestoreForm> {
    await ui.openContextMenu(item, 'Restore to PostgreSQL…');
    return RestoreForm.opened(ui);
  }

  /** The form that was just opened. */
  static async opened(ui: WorkbenchPage): Promise<RestoreForm> {
    const form = new RestoreForm(await ui.webviewFrame('Restore'));
    await form.button('Restore').waitFor();
    return form;
  }

  /** Restores into a database that is created for it. */
  async intoNewDatabase(name: string): Promise<void> {
    await this.setChecked('Create a new database', true);
    await this.textField('Target database').fill(name);
  }

  /** What was found ahead, by its words. */
  finding(words: RegExp): Locator {
    return this.frame.locator('.finding', { hasText: words }).first();
  }

  /** The sentence beside the button, once it says this. */
  verdict(sentence: RegExp): Locator {
    return this.frame.locator('#verdict .verdict').filter({ hasText: sentence });
  }

  async restore(): Promise<string> {
    await this.button('Restore').click();
    return this.outcome();
  }
}
