// Builds everything that runs: the extension, the webview pages and, with --tests, the tests.
// --units builds the unit tests alone, --tools the scripts that look after texts and documents.
import * as esbuild from 'esbuild';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import subsetFont from 'subset-font';
import { startedAtOnce, hostOptions } from './esbuild.host.mjs';
import { pageOptions } from './esbuild.pages.mjs';

const root = path.dirname(fileURLToPath(import.meta.url));
const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const withTests = process.argv.includes('--tests');
const unitsOnly = process.argv.includes('--units');
const toolsOnly = process.argv.includes('--tools');

const common = {
  absWorkingDir: root,
  bundle: true,
  sourcemap: production ? false : 'linked',
  minify: production,
  logLevel: 'info',
  legalComments: 'none',
};

/** What tests that run as modules expect as well. */
const commonJsNames = `
import { createRequire } from 'node:module';
import { dirname as dirnameOf } from 'node:path';
import { fileURLToPath as pathOfUrl } from 'node:url';
const require = createRequire(import.meta.url);
const __filename = pathOfUrl(import.meta.url);
const __dirname = dirnameOf(__filename);
`;

/** The pages that run in webviews. */
const pages = readdirSync(path.join(root, 'webview'), { withFileTypes: true })
  .filter((e) => e.isDirectory() && existsSync(path.join(root, 'webview', e.name, 'main.ts')))
  .map((e) => e.name);

const webview = { ...common, ...pageOptions(pages) };

/** Every file below `dir` whose name ends so. */
function filesBelow(dir, ending) {
  return readdirSync(path.join(root, dir), { withFileTypes: true, recursive: true })
    .filter((e) => e.isFile() && e.name.endsWith(ending))
    .map((e) => path.relative(root, path.join(e.parentPath, e.name)));
}

/** ESM-only packages cannot be required on Node 20.17 and older, so all others are bundled. */
const takenFromPackages = [
  'vscode',
  'mocha',
  'playwright-core',
  '@vscode/test-electron',
  'axe-core',
  '@vscode/l10n-dev',
  'esbuild',
];

/** Tests keep their tree under out/ and take npm packages from node_modules. */
function tests(entryPoints, outdir = 'out/test') {
  return {
    ...common,
    sourcemap: 'inline',
    // The sources lie beside: without them the tests are a quarter of the size.
    sourcesContent: false,
    minify: false,
    logLevel: 'warning',
    entryPoints,
    outdir,
    outbase: 'test',
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: takenFromPackages,
  };
}

/**
 * Tests of which each runs in a process of its own: modules, which share what they have in common.
 * As bundles they would be a hundred megabytes of the same core, over and over.
 */
function testModules(entryPoints) {
  return {
    ...tests(entryPoints),
    format: 'esm',
    splitting: true,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: commonJsNames },
  };
}

/** Looked for when they are asked for: the package is made where no tests are. */
const unitTests = () => [
  ...filesBelow('test/unit', '.test.ts'),
  ...filesBelow('test/soak', '.test.ts'),
  ...['check', 'soak', 'l10n', 'tiers/mocha'].map((name) => `test/support/${name}.main.ts`),
];
const tools = ['l10n', 'reference', 'graph', 'files/makeFiles'].map(
  (name) => `test/support/${name}.main.ts`,
);

/** Is the extension itself asked for? */
const withProduct = !toolsOnly && !unitsOnly;

/** What is asked for by the arguments, but for the extension's own modules. */
function chosenConfigs() {
  if (toolsOnly) return [tests(tools, 'out/tools')];
  if (unitsOnly) {
    for (const tier of ['unit', 'soak']) remove(`out/test/${tier}`);
    return [tests(unitTests())];
  }
  const product = [{ ...common, ...startedAtOnce }, ...(pages.length > 0 ? [webview] : [])];
  if (!withTests) return product;
  remove('out/test');
  const endings = ['.test.ts', '.main.ts', '.bench.ts'];
  const all = endings.flatMap((ending) => filesBelow('test', ending));
  const inModules = (file) => file.startsWith(path.join('test', 'integration'));
  return [
    ...product,
    tests(all.filter((file) => !inModules(file))),
    testModules(all.filter(inModules)),
  ];
}

function remove(dir) {
  rmSync(path.join(root, dir), { recursive: true, force: true });
}

const configs = chosenConfigs();

if (watch) {
  const all = [hostOptions(common), ...configs];
  const contexts = await Promise.all(all.map((config) => esbuild.context(config)));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  if (production) remove('dist');
  // Their names change with what is in them.
  if (withProduct) remove('dist/chunks');
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  const host = withProduct ? [hostOptions(common)] : [];
  await Promise.all([...host, ...configs].map((config) => esbuild.build(config)));
}

// The icon font is loaded by the pages from dist: node_modules is not packaged.
if (withProduct) {
  const codicons = path.join(root, 'node_modules/@vscode/codicons/dist');
  const to = path.join(root, 'dist/codicons');
  mkdirSync(to, { recursive: true });
  const all = readFileSync(path.join(codicons, 'codicon.css'), 'utf8');
  const css = watch ? all : withIconsOf(filesBelow('dist/webview', '.js'), all);
  const font = readFileSync(path.join(codicons, 'codicon.ttf'));
  writeFileSync(path.join(to, 'codicon.ttf'), watch ? font : await withCharactersOf(css, font));
  const { code } = await esbuild.transform(css, { loader: 'css', minify: production });
  const [licence = ''] = /^\/\*.*?\*\//s.exec(all) ?? [];
  writeFileSync(path.join(to, 'codicon.css'), `${licence}\n${code}`);
}

/** The style sheet of the icons without those that no page names. */
function withIconsOf(scripts, css) {
  const words = scripts.flatMap(
    (file) => readFileSync(path.join(root, file), 'utf8').match(/[a-z][a-z0-9-]*/g) ?? [],
  );
  const named = new Set(words.map((word) => word.replace(/^codicon-/, '')));
  return css.replace(/^\.codicon-([a-z0-9-]+):before \{.*\}$/gm, (rule, name) =>
    named.has(name) ? rule : '',
  );
}

/** The font with the characters alone that the style sheet shows; whole, it is 6 % of the package. */
function withCharactersOf(css, font) {
  const codes = [...css.matchAll(/content: "\\([0-9a-f]+)"/g)].map(([, code]) => code);
  if (codes.length === 0) throw new Error('The style sheet of the icons names no character.');
  const text = String.fromCodePoint(...codes.map((code) => Number.parseInt(code, 16)));
  return subsetFont(font, text, { targetFormat: 'truetype' });
}
