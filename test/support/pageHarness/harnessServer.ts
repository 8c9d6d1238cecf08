import * as esbuild from 'esbuild';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pageDocument, type PageName } from '../../../src/vscode/panels/pageDocument';

const types: Record<string, string> = {
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.ttf': 'font/ttf',
  '.map': 'application/json',
};

export interface Harness {
  origin: string;
  close(): void;
}

/** The document as the extension makes it, with one script more: the made-up host. */
function documentWithHost(page: PageName, origin: string): string {
  const nonce = randomBytes(16).toString('base64');
  const parts = { page, title: page, language: 'en', nonce, source: origin };
  const made = pageDocument({ ...parts, asset: (file) => `/dist/${file}` });
  const host = `<script nonce="${nonce}" src="/harness/fakeHost.js"></script>`;
  return made.replace('<script ', `${host}\n$&`);
}

/** Serves the built pages to a plain browser, with a made-up host and the extension's policy. */
export async function startHarness(root: string): Promise<Harness> {
  const bundle = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['test/support/pageHarness/fakeHost.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'chrome128',
    logLevel: 'error',
  });
  const fakeHost = bundle.outputFiles[0]?.text ?? '';
  let origin = '';
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', origin);
    const send = (type: string, body: string | Buffer): void => {
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    if (pathname === '/favicon.ico') response.writeHead(204).end();
    else if (pathname === '/backup' || pathname === '/restore' || pathname === '/archive') {
      send('text/html', documentWithHost(pathname.slice(1) as PageName, origin));
    } else if (pathname === '/harness/fakeHost.js') {
      send('text/javascript', fakeHost);
    } else if (pathname.startsWith('/dist/') && !pathname.includes('..')) {
      readFile(path.join(root, pathname)).then(
        (body) => send(types[path.extname(pathname)] ?? 'application/octet-stream', body),
        () => response.writeHead(404).end(),
      );
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, close: () => server.close() };
}
