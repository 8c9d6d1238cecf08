/** Milliseconds after the rows moved in which a click may have been meant for another row. */
const SETTLE_MS = 500;

/** Notices when the rows of a list change their places. */
export class RowMoves {
  private order: string | undefined;
  private movedAt = -Infinity;

  /** @param now milliseconds of a clock that nobody sets */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** The rows are drawn, in this order. */
  drawn(ids: readonly string[]): void {
    const order = ids.join('\n');
    if (this.order !== undefined && this.order !== order) this.movedAt = this.now();
    this.order = order;
  }

  /** Have rows moved so recently that a click may have been meant for another one? */
  get justNow(): boolean {
    return this.now() - this.movedAt < SETTLE_MS;
  }
}
