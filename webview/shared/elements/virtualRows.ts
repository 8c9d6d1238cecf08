import { LitElement } from 'lit';
import { state } from 'lit/decorators.js';

/** Height of a row in pixels, as in VS Code's trees; `tree.css` and `archive.css` must agree. */
const ROW_HEIGHT = 22;
/** Rows that are rendered above and below the visible ones. */
const OVERSCAN = 8;

/** The rendered rows: the visible ones and a few around them. */
export interface RowWindow {
  from: number;
  /** Index after the last rendered row. */
  to: number;
}

/**
 * Any number of rows of one height, of which only those in sight are in the document. It is one tab
 * stop; the row that the keys act on is the active descendant, so focus survives scrolling.
 *
 * A subclass renders three nested elements: the scroller (class `name`), the full height
 * (`name-all`) and the window (`name-window`, with the window's first row in `data-from`).
 */
export abstract class VirtualRows extends LitElement {
  /** Index of the first visible row. */
  @state() private first = 0;
  /** Number of rows that fit. */
  @state() protected visible = 30;

  private revealActive = false;
  private resize: ResizeObserver | undefined;

  /** Prefix of the elements' classes. */
  protected abstract readonly name: string;
  protected abstract get rowCount(): number;
  /** Index of the row that keys act on; -1 = none. */
  protected abstract get activeRow(): number;
  /** Rows of the sticky header. */
  protected readonly headRows: number = 0;

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

  protected get scroller(): HTMLElement | null {
    return this.querySelector<HTMLElement>(`.${this.name}`);
  }

  /** Which rows to render. */
  protected rowWindow(): RowWindow {
    const from = Math.max(0, Math.min(this.first, this.rowCount - this.visible) - OVERSCAN);
    return { from, to: Math.min(this.rowCount, from + this.visible + 2 * OVERSCAN) };
  }

  protected override updated(): void {
    const all = this.querySelector<HTMLElement>(`.${this.name}-all`);
    const window = this.querySelector<HTMLElement>(`.${this.name}-window`);
    // Set through the object model: the pages' security policy forbids style attributes.
    all?.style.setProperty('height', `${this.rowCount * ROW_HEIGHT}px`);
    const from = Number(window?.dataset['from'] ?? 0);
    window?.style.setProperty('transform', `translateY(${from * ROW_HEIGHT}px)`);
    if (!this.revealActive) return;
    this.revealActive = false;
    this.bringIntoSight(this.activeRow);
  }

  /** Measures again which rows are visible. */
  protected readonly measure = (): void => {
    const { scroller } = this;
    if (!scroller) return;
    this.first = Math.floor(scroller.scrollTop / ROW_HEIGHT);
    this.visible = Math.max(1, Math.ceil(scroller.clientHeight / ROW_HEIGHT) + 1);
  };

  /** Brings the active row into sight, once it is rendered. */
  protected revealActiveRow(): void {
    this.revealActive = true;
  }

  /** Target of a key of VS Code's lists from `index`; null = another key. */
  protected moveOf(key: string, index: number): number | null {
    const page = Math.max(1, this.visible - 2 - this.headRows);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: this.rowCount - 1,
    };
    const move = moves[key];
    return move === undefined ? null : Math.max(0, Math.min(this.rowCount - 1, move));
  }

  private bringIntoSight(index: number): void {
    const { scroller } = this;
    if (!scroller || index < 0) return;
    const top = index * ROW_HEIGHT;
    const height = scroller.clientHeight - this.headRows * ROW_HEIGHT;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + ROW_HEIGHT > scroller.scrollTop + height) {
      scroller.scrollTop = top + ROW_HEIGHT - height;
    }
    this.measure();
  }
}
