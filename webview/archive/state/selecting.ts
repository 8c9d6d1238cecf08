import type { SelectionFilter } from '../../../src/protocol/archiveApi';
import { Latest } from '../../shared/latest';
import type { PageParts } from './pageParts';
import { Ticks } from '../entries/ticks';

const RELATIVES_MS = 200;

/** What is ticked, and what hangs together with it. */
export class Selecting {
  private readonly relativesAsked = new Latest();

  constructor(private readonly page: PageParts) {}

  /** A row of the tree: an entry with what belongs to it, or a group. */
  tickNode(id: string): void {
    const { tree, ticks, store, found, query } = this.page.state;
    const node = tree.find(id);
    if (node === null) return;
    let ids = 'entry' in node ? store.family(node.entry) : tree.entriesBelow(node.group);
    // Of a group that is searched, what is in sight.
    if ('group' in node && query !== '' && found !== null) {
      ids = ids.filter((entry) => found.fits[entry] === 1).flatMap((entry) => store.family(entry));
    }
    const all = ids.every((entry) => ticks.has(entry));
    this.tick(ticks.with(ids, !all));
  }

  tickEntry(id: number): void {
    const { ticks } = this.page.state;
    this.tick(ticks.with([id], !ticks.has(id)));
  }

  clear(): void {
    this.tick(Ticks.none);
  }

  add(ids: readonly number[]): void {
    this.tick(this.page.state.ticks.with(ids, true));
  }

  filter(filter: SelectionFilter): void {
    const { page } = this;
    const { generation } = page.state.archive;
    const ids = page.state.ticks.ids();
    page.host.request('selection/filter', { generation, ids, filter }).then(
      (left) => {
        if (generation !== page.state.archive.generation) return;
        // Others may have been ticked or left out meanwhile: only the difference is taken over.
        const [asked, kept] = [new Set(ids), new Set(left.ids)];
        const gone = ids.filter((id) => !kept.has(id));
        const come = left.ids.filter((id) => !asked.has(id));
        this.tick(page.state.ticks.with(gone, false).with(come, true));
      },
      (error: unknown) => page.failed(error),
    );
  }

  /** What hangs together with the ticks is asked once they rest. */
  tick(ticks: Ticks): void {
    const { page } = this;
    page.set({ ticks, relatives: null });
    this.relativesAsked.cancel();
    const { archive } = page.state;
    if (ticks.size === 0 || archive.header?.format === 'plain') return;
    this.relativesAsked.ask(
      (signal) =>
        page.host.request(
          'selection/relatives',
          { generation: archive.generation, ids: ticks.ids() },
          signal,
        ),
      (relatives) => page.set({ relatives }),
      (error) => page.failed(error),
      RELATIVES_MS,
    );
  }

  /** The entries are others now. */
  forget(): void {
    this.relativesAsked.cancel();
  }
}
