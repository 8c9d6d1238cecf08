import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { type DocumentDoor, PREFLIGHT_SCHEME } from '../doors/documentDoor';
import { maskSecrets } from '../../core/secrets/mask';

/**
 * What pre-flights have found, as read-only documents. Each says what was found at one moment, and
 * does not change.
 */
export class PreflightDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  /** By the uri of their document, while it is open. */
  private readonly texts = new Map<string, string>();
  private readonly registrations: vscode.Disposable[];

  constructor(door: Pick<DocumentDoor, 'lead'>) {
    door.lead(this);
    this.registrations = [
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString())),
    ];
  }

  /**
   * Opens a document with its cursor in a line, counted from 0.
   *
   * @param name what the tab says
   */
  async show(name: string, lines: readonly string[], at: number): Promise<void> {
    const uri = vscode.Uri.from({
      scheme: PREFLIGHT_SCHEME,
      path: `/${name.replaceAll(/[/\\\p{Cc}]/gu, '_').slice(0, 150)}.txt`,
      query: randomUUID(),
    });
    // Names may hold secrets, and one that looks like the beginning of one must not hide the others.
    this.texts.set(uri.toString(), `${lines.map(maskSecrets).join('\n')}\n`);
    const document = await vscode.workspace.openTextDocument(uri);
    const selection = new vscode.Range(at, 0, at, 0);
    await vscode.window.showTextDocument(document, { preview: true, selection });
  }

  /** Tabs outlive their window, and what was found does not. */
  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? vscode.l10n.t('This document is no longer known.');
  }

  dispose(): void {
    for (const registration of this.registrations) registration.dispose();
  }
}
