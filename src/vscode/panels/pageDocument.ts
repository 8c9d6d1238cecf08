import { contentPolicy } from './pagePolicy';

/** A page that is shown in a webview. */
export type PageName = 'backup' | 'restore' | 'archive';

/** Parts of a page's document. */
export interface PageParts {
  readonly page: PageName;
  readonly title: string;
  /** Language of the texts, as in `<html lang>`. */
  readonly language: string;
  /** Scripts and styles that carry it run; a new one for each document. */
  readonly nonce: string;
  /** Where styles, fonts and pictures come from, in the words of a content policy. */
  readonly source: string;
  /** The address of a file below dist, e.g. of `webview/backup.js`. */
  readonly asset: (file: string) => string;
}

/**
 * The shell of a page. It carries no data: all that is shown arrives by message. Nothing of `vscode`
 * is needed here, so that tests try the pages under the policy that ships.
 */
export function pageDocument({ page, title, language, nonce, source, asset }: PageParts): string {
  const policy = contentPolicy(source, nonce);
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta property="csp-nonce" content="${nonce}">
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="${asset('codicons/codicon.css')}">
<link rel="stylesheet" href="${asset(`webview/${page}.css`)}">
<title>${escapeHtml(title)}</title>
</head>
<body data-page="${page}">
<main id="root"></main>
<script nonce="${nonce}" src="${asset(`webview/${page}.js`)}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
