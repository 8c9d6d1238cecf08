import * as esbuild from 'esbuild';
import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { repoPaths } from '../../support/repoPaths';
import { itNeeds } from '../../support/needs';

/** What a page may weigh, in bytes of its minified script: it is read whole before anything shows. */
const MOST_BYTES = 378_000;

/** Parts of the toolkit's foundation that no page uses. */
const UNUSED = ['calendar', 'picker', 'slider', 'data-grid', 'tabs', 'tree-view', 'combobox'];

/** `esbuild.pages.mjs` of the repository, which is no part of this bundle. */
interface PageBuild {
  pageOptions: (pages: readonly string[]) => esbuild.BuildOptions;
}

async function bundle(page: string): Promise<esbuild.Metafile['outputs'][string]> {
  const script = pathToFileURL(path.join(repoPaths.root, 'esbuild.pages.mjs')).href;
  const { pageOptions } = (await import(script)) as PageBuild;
  const { metafile } = await esbuild.build({
    ...pageOptions([page]),
    absWorkingDir: repoPaths.root,
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    legalComments: 'none',
    logLevel: 'silent',
  });
  const output = Object.entries(metafile?.outputs ?? {}).find(([file]) => file.endsWith('.js'));
  assert.ok(output);
  return output[1];
}

describe('the scripts of the pages', () => {
  for (const page of ['backup', 'restore', 'archive']) {
    itNeeds('packages of npm', `hold only what they use: ${page}`, async () => {
      const { bytes, inputs } = await bundle(page);
      const names = Object.entries(inputs)
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([file]) => file.split(path.sep).join('/'));
      // Were the sources taken for CommonJS ("type" in package.json), nothing would be left out.
      const unused = names.filter((name) =>
        UNUSED.some((part) => name.includes(`fast-foundation/dist/esm/${part}/`)),
      );
      assert.deepEqual(unused, []);
      assert.deepEqual(
        names.filter((name) => name.includes('/zod/')),
        [],
      );
      assert.ok(bytes < MOST_BYTES, `${page}.js has ${bytes} bytes`);
    });
  }
});
