import path from 'node:path';
import * as vscode from 'vscode';
import type {
  ArchiveDocument,
  DocumentHeader,
  DocumentProgress,
} from '../../core/archive/document/documentTypes';
import type { DumpLease, UnpackedDumps } from '../../core/archive/packed/unpackedDumps';
import type { BackupInfo } from '../../core/model/archive';
import { AppError } from '../../core/errors';
import type { ArchivePhase, ArchiveState } from '../../protocol/archiveApi';
import type { ProblemReport } from '../../protocol/types';
import { describeInputError } from '../text/inputErrorText';
import { FileWatcher } from './fileWatcher';

/** Shortest interval of progress events. */
const PROGRESS_MS = 100;

/**
 * One dump, read once for all that show it: editors, virtual documents, comparisons. It reads itself
 * again when the file changes. Made and shared by `ArchiveModels`.
 */
export class ArchiveModel implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<ArchiveState>();
  /** Every change of `state`. */
  readonly onDidChange = this.changed.event;
  private readonly deleted = new vscode.EventEmitter<void>();
  /** The file was deleted. */
  readonly onDidDelete = this.deleted.event;

  private readonly watch: FileWatcher;
  private controller = new AbortController();
  private generation = 0;
  private phase: ArchivePhase = 'opening';
  private document: ArchiveDocument | null = null;
  private header: DocumentHeader | null = null;
  private progress: DocumentProgress | null = null;
  private info: BackupInfo | null = null;
  private failure: unknown = null;
  private problem: ProblemReport | null = null;
  private reading: Promise<void> = Promise.resolve();
  private lastProgress = 0;
  /** Keeps the unpacked file while it is shown. */
  private lease: DumpLease | null = null;

  constructor(
    /** The file, or the directory of a directory archive. */
    readonly path: string,
    private readonly dumps: UnpackedDumps,
  ) {
    this.watch = new FileWatcher(path);
    this.watch.onDidChange(() => this.read());
    this.watch.onDidDelete(() => this.deleted.fire());
    this.read();
  }

  get state(): ArchiveState {
    const { document, failure } = this;
    return {
      generation: this.generation,
      phase: this.phase,
      header: this.header,
      progress: this.progress,
      count: document?.count ?? 0,
      finished: document?.finished ?? false,
      damage: document?.damage ?? null,
      info: this.info,
      databases: [...(document?.databases ?? [])],
      statements: [...(document?.statements ?? [])]
        .map(([kind, count]) => ({ kind, count }))
        .sort((a, b) => b.count - a.count),
      problem: this.problem,
      foreign: AppError.is(failure, 'notADump') || AppError.is(failure, 'compressionUnsupported'),
    };
  }

  /** The document, which grows while it is read; null until its header is read. */
  get current(): ArchiveDocument | null {
    return this.document;
  }

  /**
   * The document of this generation; throws `inputChanged` when the file was read again meanwhile.
   */
  documentOf(generation: number): ArchiveDocument {
    if (this.document === null || generation !== this.generation) {
      throw new AppError('inputChanged', { path: this.path });
    }
    return this.document;
  }

  /** Resolves with the document once it is read; rejects with why it cannot be. */
  async loaded(signal?: AbortSignal): Promise<ArchiveDocument> {
    for (;;) {
      const { generation } = this;
      await this.reading;
      if (signal?.aborted === true) throw new AppError('cancelled', {});
      if (generation !== this.generation) continue;
      if (this.document?.finished === true) return this.document;
      if (this.failure instanceof Error) throw this.failure;
      throw new AppError('cancelled', {});
    }
  }

  /** Reads the file from its beginning, and stops an earlier reading. */
  read(): void {
    this.controller.abort();
    this.controller = new AbortController();
    this.generation++;
    this.phase = 'opening';
    this.document = null;
    this.header = null;
    this.progress = null;
    this.info = null;
    this.failure = null;
    this.problem = null;
    this.reading = this.run(this.generation, this.controller.signal);
    this.notify();
  }

  /** Stops reading; the page keeps what was read so far. */
  cancel(): void {
    if (this.phase !== 'ready' && this.phase !== 'failed') this.controller.abort();
  }

  dispose(): void {
    this.controller.abort();
    this.generation++;
    this.lease?.release();
    this.watch.dispose();
    this.changed.dispose();
    this.deleted.dispose();
  }

  private async run(generation: number, signal: AbortSignal): Promise<void> {
    const mine = (): boolean => generation === this.generation;
    let measuring: Promise<BackupInfo> | null = null;
    try {
      const { openArchiveDocument } = await import('../../core/archive/document/archiveDocument');
      const lease = await this.dumps.open(this.path, {
        signal,
        ask: true,
        onProgress: (bytes) => {
          if (mine()) this.progressed({ bytes, total: 0, entries: 0 });
        },
      });
      if (!mine()) {
        lease.release();
        return;
      }
      this.lease?.release();
      this.lease = lease;
      const document = await openArchiveDocument(lease.path, {
        signal,
        onHeader: (header, growing) => {
          if (!mine()) return;
          this.header = header;
          this.document = growing;
          this.phase = 'reading';
          this.notify();
        },
        onProgress: (progress) => {
          if (mine()) this.progressed(progress);
        },
      });
      if (!mine()) return;
      this.document = document;
      this.header = document.header;
      this.progress = null;
      this.phase = 'measuring';
      this.notify();
      measuring = document.info({ signal });
    } catch (error) {
      await this.failed(error, mine);
    }
    // The entries can be used before their sizes are known, so `reading` ends here.
    if (measuring !== null) void this.measured(measuring, mine);
  }

  private async measured(measuring: Promise<BackupInfo>, mine: () => boolean): Promise<void> {
    try {
      const info = await measuring;
      if (!mine()) return;
      const packed = this.lease?.packed;
      this.info = { ...info, path: this.path, ...(packed ? { packed } : {}) };
      this.phase = 'ready';
      this.notify();
    } catch (error) {
      await this.failed(error, mine);
    }
  }

  private async failed(error: unknown, mine: () => boolean): Promise<void> {
    const problem = await describeInputError(this.path, error);
    if (!mine()) return;
    this.failure = error;
    this.problem = problem;
    this.phase = 'failed';
    this.progress = null;
    this.notify();
  }

  private progressed(progress: DocumentProgress): void {
    this.progress = progress;
    const now = performance.now();
    if (now - this.lastProgress < PROGRESS_MS) return;
    this.lastProgress = now;
    this.notify();
  }

  private notify(): void {
    this.changed.fire(this.state);
  }
}

/** The archive that a file represents: for a toc.dat, the directory around it. */
export function archivePath(file: string): string {
  return path.basename(file) === 'toc.dat' ? path.dirname(file) : file;
}
