import type { ProblemAction } from '../../../src/protocol/types';
import type { CompareController } from './compareController';
import type { SortKey } from '../elements/sorting';
import type { PageState, ViewMode } from './pageState';
import type { SelectionController } from './selectionController';

/** State and actions for the views of the page. */
export interface ArchiveView {
  state: PageState;
  readonly selecting: SelectionController;
  readonly comparing: CompareController;
  setQuery(query: string): void;
  setMode(mode: ViewMode): void;
  sortBy(key: SortKey): void;
  expand(id: string, expanded: boolean): void;
  select(id: number | null): void;
  /** Selects the entry and scrolls to it in the tree. */
  reveal(id: number): void;
  previewRows(): void;
  exportRows(id: number): void;
  openDdl(ids: number[] | null): void;
  restore(ids: number[] | null): void;
  copyNames(ids: readonly number[]): void;
  cancelReading(): void;
  readAgain(): void;
  openAsText(): void;
  problemAction(action: ProblemAction): void;
}
