import path from 'node:path';
import * as vscode from 'vscode';
import { archivePath } from './archiveModel';
import { ARCHIVE_EDITOR, OPTIONAL_ARCHIVE_EDITOR } from './archiveViewTypes';
import { ArchiveModels } from './archiveModels';
import type { ArchiveView } from './archiveView';
import { DdlDocuments } from './ddlDocuments';
import type { EditorServices } from './editorServices';
import { LiveDumps } from './liveDumps';
import { samePath } from '../../core/files/samePath';

/** Loads the code of the editor; it is loaded once, when the first editor opens. */
const loadArchiveView = () => import('./archiveView');

/** VS Code's document for an open dump. Its editors share one model, which holds the contents. */
export class ArchiveFile implements vscode.CustomDocument {
  constructor(
    readonly uri: vscode.Uri,
    private readonly closed: () => void,
  ) {}

  dispose(): void {
    this.closed();
  }
}

/** Opens dumps as documents: `*.dump`, `*.backup` and toc.dat by default, other files on request. */
export class ArchiveEditorProvider
  implements vscode.CustomReadonlyEditorProvider<ArchiveFile>, vscode.Disposable
{
  readonly models: ArchiveModels;
  private readonly liveDumps: LiveDumps;
  private readonly documents: DdlDocuments;
  private readonly views = new Set<ArchiveView>();

  constructor(private readonly services: EditorServices) {
    this.models = new ArchiveModels(services.dumps);
    this.liveDumps = new LiveDumps(services.jobs);
    this.documents = new DdlDocuments(this.models, services.ddlDoor);
  }

  openCustomDocument(uri: vscode.Uri): ArchiveFile {
    // The model lives as long as VS Code's document, not only while one of its editors is shown.
    const dump = archivePath(uri.fsPath);
    const lease = this.models.acquire(dump);
    const watching = lease.model.onDidChange(({ phase }) => {
      if (phase === 'measuring') this.documents.refresh(dump);
    });
    return new ArchiveFile(uri, () => {
      watching.dispose();
      lease.dispose();
    });
  }

  async resolveCustomEditor(
    file: ArchiveFile,
    panel: vscode.WebviewPanel,
    token: vscode.CancellationToken,
  ): Promise<void> {
    const { ArchiveView } = await loadArchiveView();
    if (token.isCancellationRequested) return;
    const dump = archivePath(file.uri.fsPath);
    const { models, liveDumps, services } = this;
    const view = new ArchiveView(panel, { file: file.uri, dump }, { models, liveDumps }, services);
    this.views.add(view);
    view.onDidDispose(() => this.views.delete(view));
  }

  /** Opens a dump, or the folder of a directory archive. */
  async open(uri: vscode.Uri): Promise<void> {
    const stat = await vscode.workspace.fs.stat(uri);
    const folder = (stat.type & vscode.FileType.Directory) !== 0;
    const file = folder ? vscode.Uri.joinPath(uri, 'toc.dat') : uri;
    const byItself = /\.(?:dump|backup)$|^toc\.dat$/i.test(path.basename(file.fsPath));
    await vscode.commands.executeCommand(
      'vscode.openWith',
      file,
      byItself ? ARCHIVE_EDITOR : OPTIONAL_ARCHIVE_EDITOR,
    );
  }

  /** Opens a dump and asks what to compare it with. */
  async compare(uri: vscode.Uri): Promise<void> {
    // The code is loaded first, so that the view exists as soon as the editor is open.
    await loadArchiveView();
    await this.open(uri);
    const dump = archivePath(uri.fsPath);
    const view = [...this.views]
      .reverse()
      .find((one) => samePath(archivePath(one.uri.fsPath), dump));
    view?.compare();
  }

  /** An archive, or the active one, as VS Code's own text editor shows it. */
  async reopenAsText(uri?: vscode.Uri): Promise<void> {
    const views = [...this.views];
    const view = views.find((one) =>
      uri === undefined ? one.active : one.uri.toString() === uri.toString(),
    );
    await view?.reopenOtherwise();
  }

  dispose(): void {
    for (const view of [...this.views]) view.dispose();
    this.documents.dispose();
    this.liveDumps.dispose();
    this.models.dispose();
  }
}
