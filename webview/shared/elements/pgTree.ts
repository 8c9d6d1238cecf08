import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { parentRow, type TreeRow, typeAhead } from '../tree/rows';
import { type TreeRowView, treeRow } from '../tree/rowView';
import { VirtualRows } from './virtualRows';

/** Letters typed within this many milliseconds of each other belong to one word. */
const TYPE_AHEAD_MS = 700;

/** A tree with checkboxes that holds any number of rows. */
@customElement('pg-tree')
export class PgTree extends VirtualRows {
  /** Accessible name. */
  @property({ attribute: false }) label = '';
  @property({ attribute: false }) describedBy: string | undefined;
  @property({ attribute: false }) rows: readonly TreeRow[] = [];
  /** Makes the view of a row; called for visible rows only. */
  @property({ attribute: false }) view: (id: string) => TreeRowView = () => ({ label: '' });
  @property({ attribute: false }) onCheck: ((id: string) => void) | undefined;
  @property({ attribute: false }) onExpand: ((id: string, expanded: boolean) => void) | undefined;
  /** Called when the second switch of a row is pressed. */
  @property({ attribute: false }) onSwitch: ((id: string) => void) | undefined;
  /** Called when a row without a checkbox is chosen. */
  @property({ attribute: false }) onChoose: ((id: string) => void) | undefined;
  /** If set, a click or a move selects a row, and only its checkbox checks it. */
  @property({ attribute: false }) onSelect: ((id: string) => void) | undefined;

  @state() private activeId: string | null = null;

  private typed = '';
  private typedAt = 0;

  protected override readonly name = 'tree';

  protected override get rowCount(): number {
    return this.rows.length;
  }

  protected override get activeRow(): number {
    return this.activeId === null ? -1 : this.rows.findIndex((row) => row.id === this.activeId);
  }

  protected override render(): TemplateResult {
    const { from, to } = this.rowWindow();
    const shown = this.rows.slice(from, to);
    const active = shown.findIndex((row) => row.id === this.activeId);
    return html`<div
      class="tree"
      role="tree"
      tabindex="0"
      aria-label=${this.label}
      aria-describedby=${this.describedBy ?? nothing}
      aria-multiselectable="true"
      aria-activedescendant=${active < 0 ? nothing : this.rowId(from + active)}
      @scroll=${this.measure}
      @keydown=${(event: KeyboardEvent) => this.key(event)}
      @focus=${() => this.enter()}
      @click=${(event: MouseEvent) => this.pick(event)}
    >
      <div class="tree-all" role="presentation" data-rows=${this.rows.length}>
        <div class="tree-window" role="presentation" data-from=${from}>
          ${repeat(
            shown,
            (row) => row.id,
            (row, index) =>
              treeRow(this.rowId(from + index), row, this.view(row.id), row.id === this.activeId),
          )}
        </div>
      </div>
    </div>`;
  }

  protected override updated(changed?: PropertyValues): void {
    super.updated();
    this.style.setProperty('--tree-rows', String(this.rows.length));
    if (changed?.has('rows')) this.measure();
  }

  /** Names may hold spaces, which an id must not. */
  private rowId(index: number): string {
    return `${this.id}-row-${index}`;
  }

  private enter(): void {
    if (this.activeRow < 0) this.activeId = this.rows[0]?.id ?? null;
  }

  private moveTo(index: number): void {
    const row = this.rows[Math.max(0, Math.min(this.rows.length - 1, index))];
    if (!row) return;
    this.activeId = row.id;
    this.revealActiveRow();
    this.onSelect?.(row.id);
  }

  /** Scrolls to a row and makes it the active row. */
  show(id: string): void {
    this.activeId = id;
    this.revealActiveRow();
  }

  private act(row: TreeRow): void {
    const view = this.view(row.id);
    if (view.check === undefined) this.onChoose?.(row.id);
    else if (view.disabled !== true) this.onCheck?.(row.id);
  }

  private pick(event: MouseEvent): void {
    const target = event.target as Element;
    const element = target.closest<HTMLElement>('[data-id]');
    const row = this.rows.find((candidate) => candidate.id === element?.dataset['id']);
    if (!row) return;
    this.activeId = row.id;
    this.focus({ preventScroll: true });
    if (target.closest('.tree-twistie') && row.expanded !== null) {
      this.onExpand?.(row.id, !row.expanded);
    } else if (target.closest('.tree-switch')) this.onSwitch?.(row.id);
    else if (target.closest('.tree-check')) this.act(row);
    else if (this.onSelect) this.onSelect(row.id);
    else if (row.expanded !== null) this.onExpand?.(row.id, !row.expanded);
    else if (this.view(row.id).check === undefined) this.onChoose?.(row.id);
  }

  private key(event: KeyboardEvent): void {
    const index = Math.max(0, this.activeRow);
    const row = this.rows[index];
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    if (this.handle(event, row, index)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  private handle(event: KeyboardEvent, row: TreeRow, index: number): boolean {
    const move = this.moveOf(event.key, index);
    if (move !== null) {
      this.moveTo(move);
      return true;
    }
    switch (event.key) {
      case 'ArrowRight':
        if (row.expanded === false) this.onExpand?.(row.id, true);
        else if (row.expanded === true) this.moveTo(index + 1);
        return true;
      case 'ArrowLeft':
        if (row.expanded === true) this.onExpand?.(row.id, false);
        else this.moveTo(Math.max(parentRow(this.rows, index), 0));
        return true;
      case ' ':
        if (event.shiftKey) this.onSwitch?.(row.id);
        else this.act(row);
        return true;
      case 'Enter':
        if (row.expanded === null) (this.onSelect ?? (() => this.act(row)))(row.id);
        else this.onExpand?.(row.id, !row.expanded);
        return true;
      default:
        return event.key.length === 1 && this.typeTo(event.key, index);
    }
  }

  private typeTo(letter: string, index: number): boolean {
    const now = performance.now();
    const fresh = now - this.typedAt > TYPE_AHEAD_MS;
    this.typed = fresh ? letter : this.typed + letter;
    this.typedAt = now;
    const label = (id: string): string => this.view(id).label;
    const found = typeAhead(this.rows, label, this.typed, fresh ? index + 1 : index);
    if (found >= 0) this.moveTo(found);
    return true;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pg-tree': PgTree;
  }
}
