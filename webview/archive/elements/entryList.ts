import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Sorting, SortKey } from './sorting';

/** As high as a row of the tree; `archive.css` sets the same. */
const ROW_HEIGHT = 22;
const OVERSCAN = 8;

export interface EntryListRow {
  icon: string;
  ticked: boolean;
  selected: boolean;
  cells: Record<SortKey, string>;
}

const keys: readonly SortKey[] = ['name', 'type', 'schema', 'owner', 'size'];

/** All entries in a flat table, any number of them: only the rows in sight are in the document. */
@customElement('pg-entry-list')
export class EntryList extends LitElement {
  @property({ attribute: false }) label = '';
  /** In the order of the rows. */
  @property({ attribute: false }) ids: Int32Array = new Int32Array(0);
  @property({ attribute: false }) sorting: Sorting = { key: 'name', descending: false };
  @property({ attribute: false }) view: (id: number) => EntryListRow = () => emptyRow;
  @property({ attribute: false }) onSort: ((key: SortKey) => void) | undefined;
  @property({ attribute: false }) onSelect: ((id: number) => void) | undefined;
  @property({ attribute: false }) onTick: ((id: number) => void) | undefined;

  @state() private first = 0;
  @state() private visible = 30;
  @state() private active = -1;

  private reveal = false;
  private resize: ResizeObserver | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.resize = new ResizeObserver(() => this.measure());
    this.resize.observe(this);
  }

  override disconnectedCallback(): void {
    this.resize?.disconnect();
    super.disconnectedCallback();
  }

  private get scroller(): HTMLElement | null {
    return this.querySelector<HTMLElement>('.list');
  }

  protected override render(): TemplateResult {
    const { ids } = this;
    const from = Math.max(0, Math.min(this.first, ids.length - this.visible) - OVERSCAN);
    const shown = [...ids.subarray(from, from + this.visible + 2 * OVERSCAN)];
    const activeShown = this.active >= from && this.active < from + shown.length;
    return html`<div
      class="list"
      role="grid"
      tabindex="0"
      aria-label=${this.label}
      aria-rowcount=${ids.length + 1}
      aria-colcount=${keys.length}
      aria-multiselectable="true"
      aria-activedescendant=${activeShown ? `list-row-${this.active}` : nothing}
      @scroll=${() => this.measure()}
      @keydown=${(event: KeyboardEvent) => this.key(event)}
      @focus=${() => {
        if (this.active < 0 && ids.length > 0) this.active = 0;
      }}
    >
      <div class="list-head" role="row" aria-rowindex="1">${keys.map((key) => this.head(key))}</div>
      <div class="list-all" role="rowgroup">
        <div class="list-window" role="presentation" data-from=${from}>
          ${repeat(
            shown,
            (id) => id,
            (id, index) => this.row(id, from + index),
          )}
        </div>
      </div>
    </div>`;
  }

  private head(key: SortKey): TemplateResult {
    const { sorting } = this;
    const here = sorting.key === key;
    const order = sorting.descending ? 'descending' : 'ascending';
    return html`<div
      class="list-cell list-${key}"
      role="columnheader"
      aria-sort=${here ? order : 'none'}
    >
      <button type="button" class="list-sort" @click=${() => this.onSort?.(key)}>
        ${keyLabel(key)}${
          here
            ? html`<span
                aria-hidden="true"
                class="codicon codicon-${sorting.descending ? 'arrow-down' : 'arrow-up'}"
              ></span>`
            : nothing
        }
      </button>
    </div>`;
  }

  private row(id: number, index: number): TemplateResult {
    const row = this.view(id);
    const classes = `list-row ${index === this.active ? 'tree-active' : ''} ${row.selected ? 'tree-selected' : ''}`;
    return html`<div
      id="list-row-${index}"
      class=${classes}
      role="row"
      aria-rowindex=${index + 2}
      aria-selected=${row.ticked}
      @click=${(event: MouseEvent) => this.pick(event, index)}
    >
      ${keys.map(
        (key) =>
          html`<div class="list-cell list-${key}" role="gridcell" title=${row.cells[key]}>
            ${
              key === 'name'
                ? html`<span
                      class="tree-check codicon ${row.ticked ? 'codicon-check' : ''}"
                      aria-hidden="true"
                    ></span
                    ><span class="tree-icon codicon codicon-${row.icon}" aria-hidden="true"></span>`
                : nothing
            }<span class="list-text">${row.cells[key]}</span>
          </div>`,
      )}
    </div>`;
  }

  protected override updated(changed: PropertyValues): void {
    const window = this.querySelector<HTMLElement>('.list-window');
    // Set through the object model: the pages' security policy forbids style attributes.
    this.querySelector<HTMLElement>('.list-all')?.style.setProperty(
      'height',
      `${this.ids.length * ROW_HEIGHT}px`,
    );
    const from = Number(window?.dataset['from'] ?? 0);
    window?.style.setProperty('transform', `translateY(${from * ROW_HEIGHT}px)`);
    if (changed.has('ids')) {
      this.active = Math.min(this.active, this.ids.length - 1);
      this.measure();
    }
    if (this.reveal) {
      this.reveal = false;
      this.bringIntoSight();
    }
  }

  private measure(): void {
    const { scroller } = this;
    if (!scroller) return;
    this.first = Math.floor(scroller.scrollTop / ROW_HEIGHT);
    this.visible = Math.max(1, Math.ceil(scroller.clientHeight / ROW_HEIGHT));
  }

  /** The head stays on top of the rows. */
  private bringIntoSight(): void {
    const { scroller } = this;
    if (!scroller || this.active < 0) return;
    const top = this.active * ROW_HEIGHT;
    const height = scroller.clientHeight - ROW_HEIGHT;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + ROW_HEIGHT > scroller.scrollTop + height) {
      scroller.scrollTop = top + ROW_HEIGHT - height;
    }
    this.measure();
  }

  private moveTo(index: number): void {
    if (this.ids.length === 0) return;
    this.active = Math.max(0, Math.min(this.ids.length - 1, index));
    this.reveal = true;
    this.onSelect?.(this.ids[this.active] ?? 0);
  }

  private pick(event: MouseEvent, index: number): void {
    const id = this.ids[index];
    if (id === undefined) return;
    this.active = index;
    this.scroller?.focus({ preventScroll: true });
    if ((event.target as Element).closest('.tree-check')) this.onTick?.(id);
    else this.onSelect?.(id);
  }

  private key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target !== this.scroller) return;
    const page = Math.max(1, this.visible - 2);
    const id = this.ids[this.active];
    const moves: Record<string, number> = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + page,
      PageUp: this.active - page,
      Home: 0,
      End: this.ids.length - 1,
    };
    const move = moves[event.key];
    if (move !== undefined) this.moveTo(move);
    else if (event.key === ' ' && id !== undefined) this.onTick?.(id);
    else if (event.key === 'Enter' && id !== undefined) this.onSelect?.(id);
    else return;
    event.preventDefault();
  }
}

const emptyRow: EntryListRow = {
  icon: '',
  ticked: false,
  selected: false,
  cells: { name: '', type: '', schema: '', owner: '', size: '' },
};

function keyLabel(key: SortKey): string {
  switch (key) {
    case 'name':
      return l10n.t('Name');
    case 'type':
      return l10n.t('Type');
    case 'schema':
      return l10n.t('Schema');
    case 'owner':
      return l10n.t('Owner');
    case 'size':
      return l10n.t('Data');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pg-entry-list': EntryList;
  }
}
