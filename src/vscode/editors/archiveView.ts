import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { chosenPart } from '../../core/archive/document/chosenPart';
import { AppError } from '../../core/errors';
import { archiveDecoders } from '../../protocol/archiveDecoders';
import type {
  ArchiveEvents,
  ArchiveInit,
  ArchiveRequests,
  Comparison,
  RowsPreview,
} from '../../protocol/archiveApi';
import { WebviewPage } from '../panels/webviewPage';
import { readDetails } from './archiveDetails';
import type { ArchiveModels } from './archiveModels';
import { Comparisons } from './comparisons';
import { DdlDocuments, stampText } from './ddlDocuments';
import type { EditorServices } from './editorServices';
import { EntryPieces } from './entryPieces';
import { exportCsv } from './exportCsv';
import type { LiveDumps } from './liveDumps';
import { filtered, relativesOf } from './selectionChanges';

const PREVIEW_ROWS = 200;

/** One editor on a dump. Several on the same dump share its model. */
export class ArchiveView extends WebviewPage<ArchiveRequests, ArchiveEvents> {
  /** Resource in VS Code: the toc.dat of a directory archive. */
  private readonly file: vscode.Uri;
  private readonly model;
  private readonly pieces;
  /** Has the page loaded? */
  private up = false;
  private comparing = false;

  constructor(
    panel: vscode.WebviewPanel,
    { file, dump }: { file: vscode.Uri; dump: string },
    { models, liveDumps }: { models: ArchiveModels; liveDumps: LiveDumps },
    private readonly services: EditorServices,
  ) {
    super(panel);
    this.file = file;
    const lease = models.acquire(dump);
    this.model = lease.model;
    this.pieces = new EntryPieces(this.model);
    const comparisons = new Comparisons(this.model, models, liveDumps, services);
    this.register(
      lease,
      comparisons,
      this.model.onDidChange((state) => this.emit('state/changed', state)),
      this.model.onDidDelete(() => this.dispose()),
    );
    this.open(
      services.extensionUri,
      'archive',
      {
        ready: () => this.init(comparisons.latest),
        'entries/next': ({ generation, from }, signal) =>
          this.pieces.next(generation, from, signal),
        'entries/sizes': ({ generation }, signal) => this.sizes(generation, signal),
        'entry/details': ({ generation, id }, signal) =>
          readDetails(this.model.documentOf(generation), id, signal),
        'entry/rows': ({ generation, id }, signal) => this.rows(generation, id, signal),
        'entry/export': ({ generation, id }) => exportCsv(this.model.documentOf(generation), id),
        'ddl/open': ({ generation, ids }) => this.openDdl(generation, ids),
        'restore/open': ({ generation, ids }) => this.openRestore(generation, ids),
        'selection/relatives': ({ generation, ids }, signal) =>
          relativesOf(this.model.documentOf(generation), ids, signal),
        'selection/filter': async ({ generation, ids, filter }, signal) => ({
          ids: await filtered(this.model.documentOf(generation), ids, filter, signal),
        }),
        'clipboard/copy': async ({ text }) => {
          await vscode.env.clipboard.writeText(text);
        },
        'compare/start': (options, signal) => comparisons.start(options, signal).catch(calledOff),
        'compare/again': ({ id, ...options }, signal) =>
          comparisons.again(id, options, signal).catch(calledOff),
        'compare/openChange': ({ id, change }) => comparisons.openChange(id, change),
        'compare/openWhole': ({ id }) => comparisons.openWhole(id),
        'compare/openAll': ({ id }) => comparisons.openAll(id),
        'compare/close': ({ id }) => comparisons.close(id),
        'read/cancel': () => this.model.cancel(),
        'read/again': () => this.model.read(),
        'text/open': () => this.reopenOtherwise(),
        'problem/action': ({ action }) =>
          action === 'openArchiveBeside' ? this.openBeside() : services.act(action, null),
      },
      archiveDecoders,
    );
  }

  /** Opens the archive that this restore.sql belongs to. */
  private async openBeside(): Promise<void> {
    const { archiveBeside } = await import('../../core/archive/packed/archiveBeside');
    const found = await archiveBeside(this.model.path);
    if (found === null) return;
    const toc = path.join(found, 'toc.dat');
    const file = existsSync(toc) ? toc : found;
    await vscode.commands.executeCommand('pgBackup.openArchive', vscode.Uri.file(file));
  }

  /** Opens VS Code's text editor in place of this one. */
  async reopenOtherwise(): Promise<void> {
    const column = this.panel.viewColumn;
    await vscode.commands.executeCommand('vscode.openWith', this.file, 'default', column);
    this.dispose();
  }

  /** Lets the page ask what to compare with, as soon as there is a page. */
  compare(): void {
    if (this.up) this.emit('compare/asked', null);
    else this.comparing = true;
  }

  get uri(): vscode.Uri {
    return this.file;
  }

  get active(): boolean {
    return this.panel.active;
  }

  private init(comparison: Comparison | null): ArchiveInit {
    this.up = true;
    return {
      strings: this.services.strings,
      compare: this.comparing,
      path: this.model.path,
      state: this.model.state,
      trusted: vscode.workspace.isTrusted,
      comparison,
    };
  }

  private async sizes(
    generation: number,
    signal: AbortSignal,
  ): Promise<{ sizes: number[] | null; cut: number[] }> {
    const document = this.model.documentOf(generation);
    await document.measure({ signal });
    const { measuredData } = await import('../../core/archive/document/documentColumns');
    return measuredData(document, { signal });
  }

  private async rows(generation: number, id: number, signal: AbortSignal): Promise<RowsPreview> {
    const document = this.model.documentOf(generation);
    const { previewRows } = await import('../../core/archive/rows/dataPreview');
    const { columns, rows, truncated, cut } = await previewRows(document, id, {
      limit: PREVIEW_ROWS,
      signal,
    });
    return { columns, rows, more: truncated, cut: cut.length > 0 };
  }

  private async openDdl(generation: number, ids: number[] | null): Promise<void> {
    const document = this.model.documentOf(generation);
    const name = path.basename(this.model.path);
    const only = ids?.length === 1 ? document.entryAt(ids[0] ?? 0) : null;
    const title =
      only === null
        ? ids === null
          ? name
          : vscode.l10n.t('{0} – {1} entries', name, ids.length)
        : [only.schema, only.tag].filter((part) => part !== null).join('.');
    await DdlDocuments.show(
      DdlDocuments.uri(title, {
        kind: 'ddl',
        path: this.model.path,
        ids,
        stamp: stampText(document),
      }),
    );
  }

  private async openRestore(generation: number, ids: number[] | null): Promise<void> {
    const part = ids === null ? undefined : chosenPart(this.model.documentOf(generation), ids);
    await this.services.openRestore({ inputPath: this.model.path, part });
  }
}

/** A cancelled request is answered, not reported as an error. */
function calledOff(error: unknown): null {
  if (AppError.is(error, 'cancelled')) return null;
  throw error;
}
