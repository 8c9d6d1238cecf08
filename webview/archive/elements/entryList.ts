import * as l10n from '@vscode/l10n';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { VirtualRows } from '../../shared/elements/virtualRows';
import type { Sorting, SortKey } from './sorting';

export interface EntryListRow {
  icon: string;
  checked: boolean;
  selected: boolean;
  cells: Record<SortKey, string>;
}

const KEYS: readonly SortKey[] = ['name', 'type', 'schema', 'owner', 'size'];

/** All entries in a flat table, any number of them. */
@customElement('pg-entry-list')
export class EntryList extends VirtualRows {
  @property({ attribute: false }) label = '';
  /** In the order of the rows. */
  @property({ attribute: false }) ids: Int32Array = new Int32Array(0);
  @property({ attribute: false }) sorting: Sorting = { key: 'name', descending: false };
  @property({ attribute: false }) view: (id: number) => EntryListRow = () => EMPTY_ROW;
  @property({ attribute: false }) onSort: ((key: SortKey) => void) | undefined;
  @property({ attribute: false }) onSelect: ((id: number) => void) | undefined;
  @property({ attribute: false }) onCheck: ((id: number) => void) | undefined;

  @state() private active = -1;

  protected override readonly name = 'list';
  /** The head of the columns. */
  protected override readonly headRows = 1;

  protected override get rowCount(): number {
    return this.ids.length;
  }

  protected override get activeRow(): number {
    return this.active;
  }

  protected override render(): TemplateResult {
    const { ids } = this;
    const { from, to } = this.rowWindow();
    const shown = [...ids.subarray(from, to)];
    const activeShown = this.active >= from && this.active < from + shown.length;
    return html`<div
      class="list"
      role="grid"
      tabindex="0"
      aria-label=${this.label}
      aria-rowcount=${ids.length + 1}
      aria-colcount=${KEYS.length}
      aria-multiselectable="true"
      aria-activedescendant=${activeShown ? `list-row-${this.active}` : nothing}
      @scroll=${this.measure}
      @keydown=${(event: KeyboardEvent) => this.key(event)}
      @focus=${() => {
        if (this.active < 0 && ids.length > 0) this.active = 0;
      }}
    >
      <div class="list-head" role="row" aria-rowindex="1">${KEYS.map((key) => this.head(key))}</div>
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
      aria-selected=${row.checked}
      @click=${(event: MouseEvent) => this.pick(event, index)}
    >
      ${KEYS.map(
        (key) =>
          html`<div class="list-cell list-${key}" role="gridcell" title=${row.cells[key]}>
            ${
              key === 'name'
                ? html`<span
                      class="tree-check codicon ${row.checked ? 'codicon-check' : ''}"
                      aria-hidden="true"
                    ></span
                    ><span class="tree-icon codicon codicon-${row.icon}" aria-hidden="true"></span>`
                : nothing
            }<span class="list-text">${row.cells[key]}</span>
          </div>`,
      )}
    </div>`;
  }

  protected override updated(changed?: PropertyValues): void {
    super.updated();
    if (!changed?.has('ids')) return;
    this.active = Math.min(this.active, this.ids.length - 1);
    this.measure();
  }

  private moveTo(index: number): void {
    if (this.ids.length === 0) return;
    this.active = index;
    this.revealActiveRow();
    this.onSelect?.(this.ids[this.active] ?? 0);
  }

  private pick(event: MouseEvent, index: number): void {
    const id = this.ids[index];
    if (id === undefined) return;
    this.active = index;
    this.focus({ preventScroll: true });
    if ((event.target as Element).closest('.tree-check')) this.onCheck?.(id);
    else this.onSelect?.(id);
  }

  private key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target !== this.scroller) return;
    const id = this.ids[this.active];
    const move = this.moveOf(event.key, this.active);
    if (move !== null) this.moveTo(move);
    else if (event.key === ' ' && id !== undefined) this.onCheck?.(id);
    else if (event.key === 'Enter' && id !== undefined) this.onSelect?.(id);
    else return;
    event.preventDefault();
  }
}

const EMPTY_ROW: EntryListRow = {
  icon: '',
  checked: false,
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
