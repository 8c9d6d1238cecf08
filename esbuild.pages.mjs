// How the pages are built; a test of their size builds them by this, too.
import { readFile } from 'node:fs/promises';

const TEMPLATES =
  /[\\/]webview[\\/].*\.ts$|[\\/](fast-element|fast-foundation|webview-ui-toolkit)[\\/].*\.js$/;

/** Takes the indentation out of templates of HTML and CSS, which a minifier leaves as they are. */
const withoutIndentation = {
  name: 'without indentation',
  setup(build) {
    if (!build.initialOptions.minify) return;
    build.onLoad({ filter: TEMPLATES }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8')).replaceAll(/\n\s+/g, '\n'),
      loader: file.endsWith('.ts') ? 'ts' : 'js',
    }));
  },
};

/** Options of esbuild for pages, each a folder of webview/: one script and one style sheet each. */
export function pageOptions(pages) {
  return {
    entryPoints: Object.fromEntries(pages.map((page) => [page, `webview/${page}/main.ts`])),
    outdir: 'dist/webview',
    platform: 'browser',
    target: 'chrome128',
    format: 'iife',
    tsconfig: 'webview/tsconfig.json',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
    plugins: [withoutIndentation],
  };
}
