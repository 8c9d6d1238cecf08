// Builds everything that runs: the extension, the webview pages and, with --tests, the tests.
// --units builds the unit tests alone, --tools the scripts that look after texts and documents.
import * as esbuild from 'esbuild';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
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

/** What CommonJS packages expect to be there in a module. */
const commonJsRequire =
  "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);";

/** What tests that run as modules expect as well. */
const commonJsNames = `
import { createRequire } from 'node:module';
import { dirname as dirnameOf } from 'node:path';
import { fileURLToPath as pathOfUrl } from 'node:url';
const require = createRequire(import.meta.url);
const __filename = pathOfUrl(import.meta.url);
const __dirname = dirnameOf(__filename);
`;

/**
 * The extension, and the program that owns a job: run by the host's own Node, without any editor.
 * Both are modules, so that what they share is there once and what is heavy is loaded when it is
 * needed (`import()`). `vscode` is given by the host.
 */
const host = {
  ...common,
  entryPoints: {
    extension: 'src/extension.ts',
    supervisor: 'src/core/jobs/supervisor/process/supervisor.ts',
  },
  outdir: 'dist',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  splitting: true,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  // In each of two hundred chunks: no more than packages in CommonJS need.
  banner: { js: commonJsRequire },
  // Words of other languages are as short as they are written.
  charset: 'utf8',
  external: ['vscode'],
};

/** The guard of a job's tools is one file for itself: it has to be there at once, and needs nearly nothing. */
const guard = {
  ...common,
  entryPoints: { guard: 'src/core/jobs/supervisor/process/guardTools.ts' },
  outdir: 'dist',
  platform: 'node',
  target: 'node20',
  format: 'cjs',
};

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

/** What is asked for by the arguments. */
function chosenConfigs() {
  if (toolsOnly) return [tests(tools, 'out/tools')];
  if (unitsOnly) {
    for (const tier of ['unit', 'soak']) remove(`out/test/${tier}`);
    return [tests(unitTests())];
  }
  const product = [host, guard, ...(pages.length > 0 ? [webview] : [])];
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
  const contexts = await Promise.all(configs.map((config) => esbuild.context(config)));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  if (production) remove('dist');
  // Their names change with what is in them.
  if (configs.includes(host)) remove('dist/chunks');
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  await Promise.all(configs.map((config) => esbuild.build(config)));
}

// The icon font is loaded by the pages from dist: node_modules is not packaged.
if (!unitsOnly && !toolsOnly) {
  const codicons = path.join(root, 'node_modules/@vscode/codicons/dist');
  mkdirSync(path.join(root, 'dist/codicons'), { recursive: true });
  for (const file of ['codicon.css', 'codicon.ttf']) {
    cpSync(path.join(codicons, file), path.join(root, 'dist/codicons', file));
  }
}
