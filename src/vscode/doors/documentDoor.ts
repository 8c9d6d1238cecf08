import * as vscode from 'vscode';

/** The schemes of our read-only documents. */
export const JOB_LOG_SCHEME = 'pgbackup-log';
export const PREFLIGHT_SCHEME = 'pgbackup-preflight';
export const DDL_SCHEME = 'pgbackup-ddl';

/**
 * Read-only documents of one scheme, which VS Code can open from the start: a tab of an earlier
 * window may be one. What writes them is loaded with the first.
 */
export class DocumentDoor implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration: vscode.Disposable;
  private provider: vscode.TextDocumentContentProvider | undefined;

  /** @param load makes somebody call `lead` */
  constructor(
    scheme: string,
    private readonly load: () => Promise<unknown>,
  ) {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  /** Contents come from this one from now on. */
  lead(provider: vscode.TextDocumentContentProvider): void {
    this.provider = provider;
    provider.onDidChange?.((uri) => this.changed.fire(uri));
  }

  async provideTextDocumentContent(
    uri: vscode.Uri,
    token: vscode.CancellationToken,
  ): Promise<string | null | undefined> {
    if (this.provider === undefined) await this.load();
    return this.provider?.provideTextDocumentContent(uri, token);
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}
