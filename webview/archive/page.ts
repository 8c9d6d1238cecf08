import * as l10n from '@vscode/l10n';
import { html, render, type TemplateResult } from 'lit';
import type {
  ArchiveEvents,
  ArchiveInit,
  ArchiveRequests,
  ArchiveState,
  Comparison,
  SelectionFilter,
} from '../../src/protocol/archiveApi';
import type { RpcClient } from '../../src/protocol/rpc';
import type { ProblemAction } from '../../src/protocol/types';
import { Announcer } from '../shared/announcer';
import { keepState } from '../shared/host';
import { Latest } from '../shared/latest';
import { oncePerTurn } from '../shared/pageTools';
import type { ArchiveView, PageState, ViewMode } from './archiveView';
import { contentsView } from './contentsView';
import { detailsView } from './detailsView';
import type { SortKey } from './sorting';
import { EntrySearch } from './entrySearch';
import { EntryStore } from './entryStore';
import { EntryTree } from './entryTree';
import { headView } from './headView';
import { dumpKey, keepView, type KeptView } from './keptView';
import { overviewView } from './overviewView';
import { selectionView } from './selectionView';
import { sortEntries } from './sortEntries';
import { Ticks } from './ticks';

/** While entries come in, the tree is made again at most this often. */
const GROW_MS = 300;
const KEEP_MS = 250;
const RELATIVES_MS = 200;
/** Of a small dump everything is open from the start. */
const OPEN_ENTRIES = 60;

/** The archive page: a dump as a document. */
export class ArchivePage implements ArchiveView {
  state: PageState;

  private readonly announcer = new Announcer();
  private readonly draw = oncePerTurn(() => render(this.view(), this.root));
  private readonly detailsAsked = new Latest();
  private readonly rowsAsked = new Latest();
  private readonly relativesAsked = new Latest();
  private search: EntrySearch;
  private searching = new AbortController();
  private sorting = new AbortController();
  private keeping: ReturnType<typeof setTimeout> | undefined;
  private grownAt = 0;

  constructor(
    private readonly host: RpcClient<ArchiveRequests, ArchiveEvents>,
    private readonly root: HTMLElement,
    init: ArchiveInit,
    private kept: KeptView | null,
  ) {
    const store = new EntryStore();
    this.state = {
      path: init.path,
      trusted: init.trusted,
      archive: init.state,
      store,
      tree: new EntryTree(store, []),
      complete: false,
      mode: kept?.mode === 'list' ? 'list' : 'tree',
      query: kept?.query ?? '',
      found: null,
      searching: false,
      expanded: new Set(),
      sorting: { key: 'name', descending: false },
      sorted: new Int32Array(0),
      selected: null,
      details: null,
      rows: null,
      ticks: Ticks.none,
      relatives: null,
      comparison: init.comparison,
      comparing: false,
      failure: '',
    };
    if (init.comparison !== null && kept?.mode === 'compare') this.state.mode = 'compare';
    this.search = new EntrySearch(store);
    host.on('state/changed', (archive) => this.archiveChanged(archive));
    host.on('compare/asked', () => this.compare());
    document.addEventListener('visibilitychange', () => {
      if (document.hidden && this.keeping !== undefined) this.keep();
    });
    this.draw();
    void this.readEntries();
    if (init.compare === true) this.compare();
  }

  setQuery(query: string): void {
    this.set({ query });
    void this.find();
  }

  setMode(mode: ViewMode): void {
    this.set({ mode });
    if (mode === 'list') void this.sort();
  }

  sortBy(key: SortKey): void {
    const { sorting } = this.state;
    // The largest first, the first letters first.
    const descending = sorting.key === key ? !sorting.descending : key === 'size';
    this.set({ sorting: { key, descending } });
    void this.sort();
  }

  expand(id: string, expanded: boolean): void {
    const all = new Set(this.state.expanded);
    all.delete(`-${id}`);
    if (expanded) all.add(id);
    else {
      all.delete(id);
      // While searching groups are open by themselves.
      if (this.state.query !== '') all.add(`-${id}`);
    }
    this.set({ expanded: all });
  }

  select(id: number | null): void {
    if (id === this.state.selected) return;
    this.rowsAsked.cancel();
    this.set({ selected: id, rows: null, details: id === null ? null : { state: 'loading' } });
    if (id === null) {
      this.detailsAsked.cancel();
      return;
    }
    const { generation } = this.state.archive;
    this.detailsAsked.ask(
      (signal) => this.host.request('entry/details', { generation, id }, signal),
      (value) => this.set({ details: { state: 'done', value } }),
      ({ message }) => this.set({ details: { state: 'failed', message } }),
      // Held down, an arrow key passes many rows.
      60,
    );
  }

  reveal(id: number): void {
    const path = this.state.tree.pathTo(id);
    const expanded = new Set([...this.state.expanded, ...path]);
    for (const above of path) expanded.delete(`-${above}`);
    const hidden = this.state.query !== '' && this.state.found?.fits[id] !== 1;
    this.set({
      expanded,
      ...(hidden ? { query: '', found: null } : {}),
      ...(this.state.mode === 'compare' ? { mode: 'tree' } : {}),
    });
    this.select(id);
    if (this.state.mode !== 'tree') return;
    requestAnimationFrame(() => {
      const tree = this.root.querySelector<HTMLElementTagNameMap['pg-tree']>('pg-tree#entries');
      tree?.show(`e${id}`);
    });
  }

  tickNode(id: string): void {
    const { tree, ticks, store, found, query } = this.state;
    const node = tree.find(id);
    if (node === null) return;
    let ids = 'entry' in node ? store.family(node.entry) : tree.entriesBelow(node.group);
    // Of a group that is searched, what is in sight.
    if ('group' in node && query !== '' && found !== null) {
      ids = ids.filter((entry) => found.fits[entry] === 1).flatMap((entry) => store.family(entry));
    }
    const all = ids.every((entry) => ticks.has(entry));
    this.setTicks(ticks.with(ids, !all));
  }

  tickEntry(id: number): void {
    const { ticks } = this.state;
    this.setTicks(ticks.with([id], !ticks.has(id)));
  }

  clearTicks(): void {
    this.setTicks(Ticks.none);
  }

  tickMore(ids: readonly number[]): void {
    this.setTicks(this.state.ticks.with(ids, true));
  }

  leaveOut(filter: SelectionFilter): void {
    const { generation, state } = this;
    const ids = state.ticks.ids();
    this.host.request('selection/without', { generation, ids, filter }).then(
      (left) => {
        if (generation !== this.generation) return;
        // Others may have been ticked or left out meanwhile: only the difference is taken over.
        const [asked, kept] = [new Set(ids), new Set(left.ids)];
        const gone = ids.filter((id) => !kept.has(id));
        const come = left.ids.filter((id) => !asked.has(id));
        this.setTicks(this.state.ticks.with(gone, false).with(come, true));
      },
      (error: unknown) => this.failed(error),
    );
  }

  previewRows(): void {
    const { selected, archive } = this.state;
    if (selected === null) return;
    const { generation } = archive;
    this.set({ rows: { state: 'loading' } });
    this.rowsAsked.ask(
      (signal) => this.host.request('entry/rows', { generation, id: selected }, signal),
      (value) => this.set({ rows: { state: 'done', value } }),
      ({ message }) => this.set({ rows: { state: 'failed', message } }),
    );
  }

  exportRows(id: number): void {
    this.send(this.host.request('entry/export', { generation: this.generation, id }));
  }

  openDdl(ids: number[] | null): void {
    this.send(this.host.request('ddl/open', { generation: this.generation, ids }));
  }

  restore(ids: number[] | null): void {
    this.send(this.host.request('restore/open', { generation: this.generation, ids }));
  }

  copyNames(ids: readonly number[]): void {
    const { store } = this.state;
    const text = ids.map((id) => store.fullName(id)).join('\n');
    this.send(this.host.request('clipboard/copy', { text }), () =>
      this.announcer.say(l10n.t('Copied')),
    );
  }

  compare(): void {
    const options = this.state.comparison?.options ?? { owners: true, privileges: true };
    this.askComparison(this.host.request('compare/start', options));
  }

  compareAgain(options: Comparison['options']): void {
    const { comparison } = this.state;
    if (comparison === null) return;
    this.askComparison(this.host.request('compare/again', { id: comparison.id, ...options }));
  }

  openChange(index: number): void {
    this.withComparison((id) => this.host.request('compare/openChange', { id, change: index }));
  }

  openWhole(): void {
    this.withComparison((id) => this.host.request('compare/openWhole', { id }));
  }

  openAllChanges(): void {
    this.withComparison((id) => this.host.request('compare/openAll', { id }));
  }

  closeComparison(): void {
    this.withComparison((id) => this.host.request('compare/close', { id }));
    this.set({ comparison: null, mode: 'tree' });
  }

  cancelReading(): void {
    this.send(this.host.request('read/cancel', undefined));
  }

  readAgain(): void {
    this.send(this.host.request('read/again', undefined));
  }

  openAsText(): void {
    this.send(this.host.request('text/open', undefined));
  }

  problemAction(action: ProblemAction): void {
    if (action === 'retry') this.readAgain();
    else this.send(this.host.request('problem/action', { action }));
  }

  private get generation(): number {
    return this.state.archive.generation;
  }

  private set(patch: Partial<PageState>): void {
    this.state = { ...this.state, ...patch };
    this.draw();
    this.keepSoon();
  }

  /** A selection of 100,000 entries is not written with every key that is pressed. */
  private keepSoon(): void {
    if (!this.state.complete) return;
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keep(), KEEP_MS);
  }

  private keep(): void {
    clearTimeout(this.keeping);
    this.keeping = undefined;
    keepState(keepView(this.state));
  }

  /** What hangs together with the ticks is asked once they rest. */
  private setTicks(ticks: Ticks): void {
    this.set({ ticks, relatives: null });
    this.relativesAsked.cancel();
    const { generation, state } = this;
    if (ticks.size === 0 || state.archive.header?.format === 'plain') return;
    this.relativesAsked.ask(
      (signal) =>
        this.host.request('selection/relatives', { generation, ids: ticks.ids() }, signal),
      (relatives) => this.set({ relatives }),
      (error) => this.failed(error),
      RELATIVES_MS,
    );
  }

  private archiveChanged(archive: ArchiveState): void {
    const before = this.state.archive;
    this.set({ archive });
    if (archive.generation !== before.generation) void this.readEntries();
    else if (archive.phase === 'ready' && before.phase !== 'ready') void this.readSizes();
    if (archive.problem !== null && before.problem === null) {
      this.announcer.alert(archive.problem.message);
    }
  }

  /** Takes the entries over piece by piece, and shows them as they come. */
  private async readEntries(): Promise<void> {
    const { generation } = this;
    const store = new EntryStore();
    this.detailsAsked.cancel();
    this.rowsAsked.cancel();
    this.relativesAsked.cancel();
    this.search = new EntrySearch(store);
    this.set({
      store,
      tree: new EntryTree(store, []),
      complete: false,
      found: null,
      sorted: new Int32Array(0),
      selected: null,
      details: null,
      rows: null,
      ticks: Ticks.none,
      relatives: null,
      failure: '',
    });
    try {
      for (;;) {
        const from = store.count;
        const piece = await this.host.request('entries/next', { generation, from });
        if (generation !== this.generation) return;
        if (piece.columns === null) break;
        store.add(piece);
        if (performance.now() - this.grownAt > GROW_MS) this.grow();
      }
      this.set({ complete: true });
      this.takeKept();
      this.grow();
      if (this.state.archive.phase === 'ready') await this.readSizes();
    } catch (error) {
      this.failed(error);
    }
  }

  /** What was open when the tab went to the background. */
  private takeKept(): void {
    const { kept } = this;
    this.kept = null;
    const { store, archive, path } = this.state;
    if (kept?.dump === dumpKey(path, archive, store.count)) {
      const there = (id: number): boolean => id >= 0 && id < store.count;
      this.set({ expanded: new Set(kept.expanded) });
      this.setTicks(Ticks.of(kept.ticks.filter(there)));
      if (kept.selected !== null && there(kept.selected)) this.select(kept.selected);
    } else if (this.state.expanded.size === 0) {
      const { roots } = new EntryTree(store, archive.databases);
      const groups = roots.flatMap((root) => [root, ...root.groups]);
      const open = store.count <= OPEN_ENTRIES ? groups : roots.length <= 3 ? roots : [];
      this.set({ expanded: new Set(open.map(({ id }) => id)) });
    }
  }

  private async readSizes(): Promise<void> {
    const { generation, state } = this;
    const { store } = state;
    if (!state.complete) return;
    try {
      const { sizes } = await this.host.request('entries/sizes', { generation });
      if (generation !== this.generation || sizes === null) return;
      store.setSizes(sizes);
      this.grow();
    } catch (error) {
      this.failed(error);
    }
  }

  /** There are more entries, or they are known better. */
  private grow(): void {
    const { store, archive } = this.state;
    this.set({ tree: new EntryTree(store, archive.databases) });
    void this.find();
    if (this.state.mode === 'list') void this.sort();
    this.grownAt = performance.now();
  }

  private async find(): Promise<void> {
    this.searching.abort();
    const { query } = this.state;
    if (query.trim() === '') {
      this.set({ found: null, searching: false });
      void this.sort();
      return;
    }
    const controller = new AbortController();
    this.searching = controller;
    this.set({ searching: true });
    const found = await this.search.find(query, controller.signal);
    if (found === null) return;
    this.set({ found, searching: false });
    void this.sort();
  }

  /** The list's order; the last one stays until the new one is known. */
  private async sort(): Promise<void> {
    if (this.state.mode !== 'list') return;
    this.sorting.abort();
    const controller = new AbortController();
    this.sorting = controller;
    const { store, found, sorting } = this.state;
    const sorted = await sortEntries(store, found?.ids ?? null, sorting, controller.signal);
    if (sorted !== null) this.set({ sorted });
  }

  private askComparison(asked: Promise<Comparison | null>): void {
    const before = this.state.mode;
    this.set({ comparing: true, failure: '' });
    asked.then(
      (comparison) => {
        if (comparison === null) this.set({ comparing: false });
        else this.compared(comparison);
      },
      (error: unknown) => {
        this.set({ comparing: false, mode: before });
        this.failed(error);
      },
    );
  }

  private compared(comparison: Comparison): void {
    const again = comparison.id === this.state.comparison?.id;
    // What was searched for in this dump would hide the differences.
    const query = again ? this.state.query : '';
    this.set({ comparing: false, comparison, mode: 'compare', query });
    if (query === '') void this.find();
  }

  private withComparison(ask: (id: number) => Promise<void>): void {
    if (this.state.comparison !== null) this.send(ask(this.state.comparison.id));
  }

  private send(request: Promise<void>, done: () => void = () => undefined): void {
    this.set({ failure: '' });
    // What was asked may bring another tab to the front, and end this page.
    if (this.state.complete) this.keep();
    request.then(done, (error: unknown) => this.failed(error));
  }

  private failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.set({ failure: message });
    this.announcer.alert(message);
  }

  private view(): TemplateResult {
    const { state } = this;
    const { selected } = state;
    return html`${headView(this)}
      <div class="archive-columns ${selected === null ? '' : 'with-details'}">
        ${contentsView(this)}
        <section class="aside-pane" aria-label=${l10n.t('Details')}>
          ${selected === null ? overviewView(this) : detailsView(this, selected)}
        </section>
      </div>
      ${selectionView(this)}`;
  }
}
