import type { SelectionFilter } from '../../../src/protocol/archiveApi';
import { LatestRequest } from '../../shared/latestRequest';
import type { PageContext } from './pageContext';
import { EntrySelection } from '../entries/entrySelection';

const RELATIVES_MS = 200;

/** Selected entries and their relatives. */
export class SelectionController {
  private readonly relativesAsked = new LatestRequest();

  constructor(private readonly page: PageContext) {}

  /** A row of the tree: an entry with what belongs to it, or a group. */
  toggleNode(id: string): void {
    const { tree, selection, store, found, query } = this.page.state;
    const node = tree.find(id);
    if (node === null) return;
    let ids = 'entry' in node ? store.family(node.entry) : tree.entriesBelow(node.group);
    // In a group that is searched, only the visible entries.
    if ('group' in node && query !== '' && found !== null) {
      ids = ids.filter((entry) => found.fits[entry] === 1).flatMap((entry) => store.family(entry));
    }
    const all = ids.every((entry) => selection.has(entry));
    this.select(selection.with(ids, !all));
  }

  toggleEntry(id: number): void {
    const { selection } = this.page.state;
    this.select(selection.with([id], !selection.has(id)));
  }

  clear(): void {
    this.select(EntrySelection.none);
  }

  add(ids: readonly number[]): void {
    this.select(this.page.state.selection.with(ids, true));
  }

  filter(filter: SelectionFilter): void {
    const { page } = this;
    const { generation } = page.state.archive;
    const ids = page.state.selection.ids();
    page.host.request('selection/filter', { generation, ids, filter }).then(
      (left) => {
        if (generation !== page.state.archive.generation) return;
        // Others may have been selected or left out meanwhile: only the difference is taken over.
        const [asked, kept] = [new Set(ids), new Set(left.ids)];
        const gone = ids.filter((id) => !kept.has(id));
        const come = left.ids.filter((id) => !asked.has(id));
        this.select(page.state.selection.with(gone, false).with(come, true));
      },
      (error: unknown) => page.failed(error),
    );
  }

  /** Relatives are requested once the selection has not changed for a moment. */
  select(selection: EntrySelection): void {
    const { page } = this;
    page.set({ selection, relatives: null });
    this.relativesAsked.cancel();
    const { archive } = page.state;
    if (selection.size === 0 || archive.header?.format === 'plain') return;
    this.relativesAsked.ask(
      (signal) =>
        page.host.request(
          'selection/relatives',
          { generation: archive.generation, ids: selection.ids() },
          signal,
        ),
      (relatives) => page.set({ relatives }),
      (error) => page.failed(error),
      RELATIVES_MS,
    );
  }

  /** Called when the dump was read again: answers about the old entries are no longer awaited. */
  forget(): void {
    this.relativesAsked.cancel();
  }
}
