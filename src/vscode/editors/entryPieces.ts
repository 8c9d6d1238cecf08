import type { DocumentColumns } from '../../core/archive/document/documentTypes';
import type { EntriesPiece } from '../../protocol/archiveApi';
import type { ArchiveModel } from './archiveModel';

/** Hands the entries of a dump to one page, piece by piece, as the page asks for them. */
export class EntryPieces {
  private run:
    { generation: number; from: number; pieces: AsyncGenerator<DocumentColumns> } | undefined;

  constructor(private readonly model: ArchiveModel) {}

  /** Waits until more entries than `from` are known, or the file is read. */
  async next(generation: number, from: number, signal: AbortSignal): Promise<EntriesPiece> {
    for (;;) {
      const { model } = this;
      const { state, current } = model;
      if (state.generation !== generation) return { columns: null, restart: false };
      if (current !== null && from < current.count) {
        const piece = await this.read(generation, from);
        if (piece !== null) return piece;
        continue;
      }
      const over = state.finished || state.phase === 'failed';
      if (over || signal.aborted) return { columns: null, restart: false };
      await changeOf(model, signal);
    }
  }

  private async read(generation: number, from: number): Promise<EntriesPiece | null> {
    let { run } = this;
    const restart = run?.generation !== generation || run.from !== from;
    if (run === undefined || restart) {
      const document = this.model.documentOf(generation);
      run = { generation, from, pieces: document.columns({ from }) };
      this.run = run;
    }
    const result = await run.pieces.next();
    if (result.done === true || result.value.count === 0) {
      this.run = undefined;
      return null;
    }
    const { value } = result;
    run.from = from + value.count;
    if (value.last) this.run = undefined;
    return { columns: value, restart };
  }
}

function changeOf(model: ArchiveModel, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      subscription.dispose();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const subscription = model.onDidChange(done);
    signal.addEventListener('abort', done, { once: true });
  });
}
