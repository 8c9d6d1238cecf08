import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { pageDocument, type PageName } from './pageDocument';
import { textLanguage } from './pagePolicy';

/** The folders a page may load from. */
export function pageRoots(extensionUri: vscode.Uri): vscode.Uri[] {
  return [
    vscode.Uri.joinPath(extensionUri, 'dist', 'webview'),
    vscode.Uri.joinPath(extensionUri, 'dist', 'codicons'),
  ];
}

/** The document of a page in this webview. */
export function pageHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  page: PageName,
  title: string,
): string {
  return pageDocument({
    page,
    title,
    language: textLanguage(vscode.l10n.bundle, vscode.env.language),
    nonce: randomBytes(16).toString('base64'),
    source: webview.cspSource,
    asset: (file) =>
      webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', file)).toString(),
  });
}
