import type { FormEvaluation } from '../../src/core/forms/formTypes';
import type { BackupOptions } from '../../src/core/forms/options';
import type { BackupState } from './state';

/** What the views of the page read and do. */
export interface BackupView {
  state: BackupState;
  /** With what the host found and the page's own text fields. */
  evaluation: FormEvaluation<keyof BackupOptions>;
  /** A change by the user, with what follows from it. */
  change(patch: Partial<BackupOptions>): void;
  /** Options made by a form model. */
  setOptions(options: BackupOptions): void;
  setExtraText(text: string): void;
  setView(patch: Partial<Pick<BackupState, 'shell' | 'filter' | 'advancedOpen' | 'logOpen'>>): void;
  expand(id: string, expanded: boolean): void;
  browse(): void;
}
