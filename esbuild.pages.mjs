// How the pages are built; a test of their size builds them by this, too.
import { readFile } from 'node:fs/promises';

const SOURCES =
  /[\\/]webview[\\/].*\.ts$|[\\/](fast-element|fast-foundation|fast-web-utilities|webview-ui-toolkit)[\\/].*\.js$/;

/** A compiled enum, which fills its object by a call. */
const ENUM = /^export var (\w+);\n\(function \(\1\) \{\n([^]*?)^\}\)\(\1 \|\| \(\1 = \{\}\)\);$/gm;

/** The same enum by a call that a minifier may leave out when nobody uses the enum. */
const PURE_ENUM = 'export var $1 = /* @__PURE__ */ (function ($1) {\n$2return $1;\n})({});';

/**
 * Takes out what a minifier leaves as it is: the indentation of templates of HTML and CSS, and enums
 * that nobody uses.
 */
const smaller = {
  name: 'smaller',
  setup(build) {
    if (!build.initialOptions.minify) return;
    build.onLoad({ filter: SOURCES }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8'))
        .replaceAll(/\n\s+/g, '\n')
        .replaceAll(ENUM, PURE_ENUM),
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
    plugins: [smaller],
  };
}
