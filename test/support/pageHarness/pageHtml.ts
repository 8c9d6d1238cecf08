export type PageName = 'backup' | 'restore' | 'archive';

/** The pages' document, with the same policy that the extension gives them. */
export function pageHtml(page: PageName, origin: string, nonce: string): string {
  const policy = [
    `default-src 'none'`,
    `style-src ${origin} 'nonce-${nonce}'`,
    `font-src ${origin}`,
    `img-src ${origin}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1.0">
    <meta property="csp-nonce" content="${nonce}">
    <link rel="stylesheet" href="/dist/codicons/codicon.css" id="vscode-codicon-stylesheet">
    <link rel="stylesheet" href="/dist/webview/${page}.css">
    <title>${page}</title>
  </head>
  <body data-page="${page}">
    <main id="root"></main>
    <script nonce="${nonce}" src="/harness/fakeHost.js"></script>
    <script nonce="${nonce}" src="/dist/webview/${page}.js"></script>
  </body>
</html>`;
}
