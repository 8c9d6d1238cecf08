import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { parentRow, type TreeRow, typeAhead } from '../tree/rows';
import { type TreeRowView, treeRow } from '../tree/rowView';

/** Height of a row in pixels, the one of VS Code's own trees; `tree.css` sets the same. */
const ROW_HEIGHT = 22;
/** Rows kept ready above and below what is in sight. */
const OVERSCAN = 8;
/** Letters typed within this many milliseconds of each other belong to one word. */
const TYPE_AHEAD_MS = 700;

/**
 * A tree with tick boxes that holds any number of rows: only those in sight are in the document. It is one
 * tab stop; the row that the keys act on is the tree's active descendant, so focus survives scrolling.
 */
@customElement('pg-tree')
export class PgTree extends LitElement {
  /** Accessible name. */
  @property({ attribute: false }) label = '';
  @property({ attribute: false }) describedBy: string | undefined;
  @property({ attribute: false }) rows: readonly TreeRow[] = [];
  /** Asked for rows in sight only. */
  @property({ attribute: false }) view: (id: string) => TreeRowView = () => ({ label: '' });
  @property({ attribute: false }) onCheck: ((id: string) => void) | undefined;
  @property({ attribute: false }) onExpand: ((id: string, expanded: boolean) => void) | undefined;
  /** The second switch of a row, where it has one. */
  @property({ attribute: false }) onSwitch: ((id: string) => void) | undefined;
  /** A row without a tick box was chosen. */
  @property({ attribute: false }) onChoose: ((id: string) => void) | undefined;
  /** With it a row is selected by a click or by moving to it; only its tick box ticks it. */
  @property({ attribute: false }) onSelect: ((id: string) => void) | undefined;

  @state() private first = 0;
  @state() private count = 30;
  @state() private activeId: string | null = null;

  private typed = '';
  private typedAt = 0;
  private revealActive = false;
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

  override focus(options?: FocusOptions): void {
    this.scroller?.focus(options);
  }

  private get scroller(): HTMLElement | null {
    return this.querySelector<HTMLElement>('.tree');
  }

  private get activeIndex(): number {
    return this.activeId === null ? -1 : this.rows.findIndex((row) => row.id === this.activeId);
  }

  protected override render(): TemplateResult {
    const from = Math.max(0, Math.min(this.first, this.rows.length - this.count) - OVERSCAN);
    const shown = this.rows.slice(from, from + this.count + 2 * OVERSCAN);
    const active = shown.findIndex((row) => row.id === this.activeId);
    return html`<div
      class="tree"
      role="tree"
      tabindex="0"
      aria-label=${this.label}
      aria-describedby=${this.describedBy ?? nothing}
      aria-multiselectable="true"
      aria-activedescendant=${active < 0 ? nothing : this.rowId(from + active)}
      @scroll=${() => this.measure()}
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

  protected override updated(changed: PropertyValues): void {
    const all = this.querySelector<HTMLElement>('.tree-all');
    const window = this.querySelector<HTMLElement>('.tree-window');
    // Set through the object model: the pages' security policy forbids style attributes.
    all?.style.setProperty('height', `${this.rows.length * ROW_HEIGHT}px`);
    const from = Number(window?.dataset['from'] ?? 0);
    window?.style.setProperty('transform', `translateY(${from * ROW_HEIGHT}px)`);
    this.style.setProperty('--tree-rows', String(this.rows.length));
    if (changed.has('rows')) this.measure();
    if (this.revealActive) {
      this.revealActive = false;
      this.reveal(this.activeIndex);
    }
  }

  /** Names may hold spaces, which an id must not. */
  private rowId(index: number): string {
    return `${this.id}-row-${index}`;
  }

  private measure(): void {
    const scroller = this.scroller;
    if (!scroller) return;
    this.first = Math.floor(scroller.scrollTop / ROW_HEIGHT);
    this.count = Math.max(1, Math.ceil(scroller.clientHeight / ROW_HEIGHT) + 1);
  }

  private reveal(index: number): void {
    const scroller = this.scroller;
    if (!scroller || index < 0) return;
    const top = index * ROW_HEIGHT;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + ROW_HEIGHT > scroller.scrollTop + scroller.clientHeight) {
      scroller.scrollTop = top + ROW_HEIGHT - scroller.clientHeight;
    }
    this.measure();
  }

  private enter(): void {
    if (this.activeIndex < 0) this.activeId = this.rows[0]?.id ?? null;
  }

  private moveTo(index: number): void {
    const row = this.rows[Math.max(0, Math.min(this.rows.length - 1, index))];
    if (!row) return;
    this.activeId = row.id;
    this.revealActive = true;
    this.onSelect?.(row.id);
  }

  /** Brings a row into sight and makes it the one that the keys act on. */
  show(id: string): void {
    this.activeId = id;
    this.revealActive = true;
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
    else if (this.onSelect && !target.closest('.tree-check')) this.onSelect(row.id);
    else this.act(row);
  }

  private key(event: KeyboardEvent): void {
    const index = Math.max(0, this.activeIndex);
    const row = this.rows[index];
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    if (this.handle(event, row, index)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  private handle(event: KeyboardEvent, row: TreeRow, index: number): boolean {
    const page = Math.max(1, this.count - 2);
    switch (event.key) {
      case 'ArrowDown':
        this.moveTo(index + 1);
        return true;
      case 'ArrowUp':
        this.moveTo(index - 1);
        return true;
      case 'Home':
        this.moveTo(0);
        return true;
      case 'End':
        this.moveTo(this.rows.length - 1);
        return true;
      case 'PageDown':
        this.moveTo(index + page);
        return true;
      case 'PageUp':
        this.moveTo(index - page);
        return true;
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
