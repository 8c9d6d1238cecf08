import * as esbuild from 'esbuild';
import assert from 'node:assert/strict';
import { repoPaths } from '../../support/repoPaths';
import { itNeeds } from '../../support/needs';

/** What VS Code reads before the extension is active, in bytes of minified modules. */
const MOST_AT_START = 20_000;
/** What is read besides when the extension is first used: by a view, a command or a job. */
const MOST_AT_FIRST_USE = 420_000;

type Outputs = esbuild.Metafile['outputs'];

/** The modules that `file` imports, and those that they import, but for what is loaded later. */
function importedBy(file: string, outputs: Outputs, found = new Set<string>()): Set<string> {
  const output = outputs[file];
  if (output === undefined || found.has(file)) return found;
  found.add(file);
  for (const { path, kind } of output.imports) {
    if (kind === 'import-statement') importedBy(path, outputs, found);
  }
  return found;
}

describe('the start of the extension', () => {
  itNeeds('packages of npm', 'reads only what is needed from the first moment on', async () => {
    const { metafile } = await esbuild.build({
      absWorkingDir: repoPaths.root,
      entryPoints: {
        extension: 'src/extension.ts',
        runSupervisor: 'src/core/jobs/supervisor/process/runSupervisor.ts',
      },
      outdir: 'dist',
      bundle: true,
      minify: true,
      metafile: true,
      write: false,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      splitting: true,
      external: ['vscode'],
      legalComments: 'none',
      logLevel: 'silent',
    });
    const { outputs } = metafile;
    const fileOf = (source: string): string =>
      Object.keys(outputs).find((file) => outputs[file]?.entryPoint === source) ?? '';
    const bytesOf = (files: Iterable<string>): number =>
      [...files].reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0);
    const atStart = bytesOf(importedBy('dist/extension.js', outputs));
    assert.ok(atStart > 10_000, 'the chunks of the extension were found');
    assert.ok(atStart < MOST_AT_START, `${atStart} bytes are read at the start`);
    const files = [...importedBy(fileOf('src/vscode/start/parts.ts'), outputs)];
    const bytes = bytesOf(files);
    assert.ok(bytes > 100_000, 'the chunks of the parts were found');
    assert.ok(bytes < MOST_AT_FIRST_USE, `${bytes} bytes are read at the first use`);
    const parts = new Set(files.flatMap((file) => Object.keys(outputs[file]?.inputs ?? {})));
    for (const later of [
      'src/core/archive/file/detectFile.ts',
      'src/vscode/editors/archiveView.ts',
      'src/vscode/addConnection/addFlow.ts',
    ]) {
      assert.ok(!parts.has(later), `${later} is loaded when it is first used`);
    }
    // Whoever names a namespace of zod as a value gets the languages of its messages, too.
    const zod = [...parts].filter((part) => /zod\/v4\/(classic|locales)\//.test(part));
    assert.deepEqual(zod, []);
  });
});
