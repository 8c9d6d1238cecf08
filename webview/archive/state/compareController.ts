import type { Comparison } from '../../../src/protocol/archiveApi';
import type { PageContext } from './pageContext';

/** Actions of the comparison with another dump. */
export class CompareController {
  constructor(private readonly page: PageContext) {}

  /** The host asks with what. */
  start(): void {
    const options = this.comparison?.options ?? { owners: true, privileges: true };
    this.ask(this.page.host.request('compare/start', options));
  }

  again(options: Comparison['options']): void {
    const { comparison } = this;
    if (comparison === null) return;
    this.ask(this.page.host.request('compare/again', { id: comparison.id, ...options }));
  }

  openChange(index: number): void {
    this.send((id) => this.page.host.request('compare/openChange', { id, change: index }));
  }

  openWhole(): void {
    this.send((id) => this.page.host.request('compare/openWhole', { id }));
  }

  openAll(): void {
    this.send((id) => this.page.host.request('compare/openAll', { id }));
  }

  close(): void {
    this.send((id) => this.page.host.request('compare/close', { id }));
    this.page.set({ comparison: null, mode: 'tree' });
  }

  private get comparison(): Comparison | null {
    return this.page.state.comparison;
  }

  private send(request: (id: number) => Promise<void>): void {
    if (this.comparison !== null) this.page.send(request(this.comparison.id));
  }

  private ask(asked: Promise<Comparison | null>): void {
    const { page } = this;
    const before = page.state.mode;
    page.set({ comparing: true, failure: '' });
    asked.then(
      (comparison) => {
        if (comparison === null) page.set({ comparing: false });
        else this.show(comparison);
      },
      (error: unknown) => {
        page.set({ comparing: false, mode: before });
        page.failed(error);
      },
    );
  }

  private show(comparison: Comparison): void {
    const again = comparison.id === this.comparison?.id;
    // The search in this dump would hide the differences.
    if (!again) this.page.setQuery('');
    this.page.set({ comparing: false, comparison, mode: 'compare' });
  }
}
