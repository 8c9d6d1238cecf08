import * as l10n from '@vscode/l10n';
import { html, render, type TemplateResult } from 'lit';
import { messageOf } from '../../src/core/errors';
import type {
  ArchiveEvents,
  ArchiveInit,
  ArchiveRequests,
  ArchiveState,
} from '../../src/protocol/archiveApi';
import type { RpcClient } from '../../src/protocol/rpc';
import type { ProblemAction } from '../../src/protocol/types';
import { Throttle } from '../../src/core/throttle';
import { Announcer } from '../shared/announcer';
import { saveState } from '../shared/host';
import { LatestRequest } from '../shared/latestRequest';
import { oncePerTurn } from '../shared/form/pageTools';
import type { ArchiveView } from './state/archiveView';
import type { PageState, ViewMode } from './state/pageState';
import { CompareController } from './state/compareController';
import { contentsView } from './views/contentsView';
import { detailsView } from './views/detailsView';
import type { SortKey } from './elements/sorting';
import { EntrySearch } from './entries/entrySearch';
import { EntryStore } from './entries/entryStore';
import { EntryTree } from './entries/entryTree';
import { headView } from './views/headView';
import { dumpKey, toPersistedView, type PersistedView } from './state/persistedView';
import { overviewView } from './views/overviewView';
import type { PageContext } from './state/pageContext';
import { SelectionController } from './state/selectionController';
import { selectionView } from './views/selectionView';
import { sortEntries } from './entries/sortEntries';
import { EntrySelection } from './entries/entrySelection';

/** While entries come in, the tree is made again at most this often. */
const GROW_INTERVAL_MS = 300;
const PERSIST_INTERVAL_MS = 250;
/** A small dump is fully expanded from the start. */
const OPEN_ENTRIES = 60;

/** The archive page: a dump as a document. */
export class ArchivePage implements ArchiveView, PageContext {
  state: PageState;
  readonly comparing = new CompareController(this);
  readonly selecting = new SelectionController(this);

  private readonly announcer = new Announcer();
  private readonly draw = oncePerTurn(() => render(this.view(), this.root));
  private readonly detailsAsked = new LatestRequest();
  private readonly rowsAsked = new LatestRequest();
  private search: EntrySearch;
  private searching = new AbortController();
  private sorting = new AbortController();
  private readonly persisting = new Throttle(
    () => saveState(toPersistedView(this.state)),
    PERSIST_INTERVAL_MS,
  );
  private readonly growing = new Throttle(() => this.grow(), GROW_INTERVAL_MS);

  constructor(
    readonly host: RpcClient<ArchiveRequests, ArchiveEvents>,
    private readonly root: HTMLElement,
    init: ArchiveInit,
    private kept: PersistedView | null,
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
      selection: EntrySelection.none,
      relatives: null,
      comparison: init.comparison,
      comparing: false,
      failure: '',
    };
    if (init.comparison !== null && kept?.mode === 'compare') this.state.mode = 'compare';
    this.search = new EntrySearch(store);
    host.on('state/changed', (archive) => this.archiveChanged(archive));
    host.on('compare/asked', () => this.comparing.start());
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.persisting.flush();
    });
    this.draw();
    void this.readEntries();
    if (init.compare === true) this.comparing.start();
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

  set(patch: Partial<PageState>): void {
    this.state = { ...this.state, ...patch };
    this.draw();
    this.persistSoon();
  }

  /** A selection of 100,000 entries is not written with every key that is pressed. */
  private persistSoon(): void {
    if (!this.state.complete) return;
    this.persisting.request();
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
    this.selecting.forget();
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
      selection: EntrySelection.none,
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
        this.growing.request();
      }
      this.set({ complete: true });
      this.growing.now();
      this.restoreView();
      if (this.state.archive.phase === 'ready') await this.readSizes();
    } catch (error) {
      this.failed(error);
    }
  }

  /** Restores what was open when the tab went to the background. */
  private restoreView(): void {
    const { kept } = this;
    this.kept = null;
    const { store, archive, path } = this.state;
    if (kept?.dump === dumpKey(path, archive, store.count)) {
      const there = (id: number): boolean => id >= 0 && id < store.count;
      this.set({ expanded: new Set(kept.expanded) });
      this.selecting.select(EntrySelection.of(kept.checked.filter(there)));
      if (kept.selected !== null && there(kept.selected)) this.select(kept.selected);
    } else if (this.state.expanded.size === 0) {
      const { roots } = this.state.tree;
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
      const { sizes, cut } = await this.host.request('entries/sizes', { generation });
      if (generation !== this.generation || sizes === null) return;
      store.setSizes(sizes, cut);
      this.grow();
    } catch (error) {
      this.failed(error);
    }
  }

  /** Draws the list and the tree again after more entries, sizes or relations have come. */
  private grow(): void {
    const { store, archive } = this.state;
    this.set({ tree: new EntryTree(store, archive.databases) });
    void this.find();
    if (this.state.mode === 'list') void this.sort();
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

  send(request: Promise<void>, done: () => void = () => undefined): void {
    this.set({ failure: '' });
    // The request may bring another tab to the front, and end this page.
    if (this.state.complete) this.persisting.now();
    request.then(done, (error: unknown) => this.failed(error));
  }

  failed(error: unknown): void {
    const message = messageOf(error);
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
