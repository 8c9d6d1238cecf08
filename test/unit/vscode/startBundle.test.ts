import * as esbuild from 'esbuild';
import assert from 'node:assert/strict';
import { repoPaths } from '../../support/repoPaths';
import { itNeeds } from '../../support/needs';

/** What VS Code reads before the extension is active, in bytes of minified modules. */
const MOST_AT_START = 20_000;
/** What is read besides when the extension is first used: by a view, a command or a job. */
const MOST_AT_FIRST_USE = 390_000;
/** What a job's process reads before its job comes. */
const MOST_AT_JOBS_START = 100_000;
/** The same until the result of a backup that asks nothing of its tool beyond the form's fields. */
const MOST_FOR_BACKUP = 335_000;

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

/** What is loaded together with sources: how many bytes, and of which other sources. */
interface Loaded {
  bytes: number;
  sources: Set<string>;
}

async function build(): Promise<(...sources: string[]) => Loaded> {
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
  const files = new Map(Object.entries(outputs).map(([file, each]) => [each.entryPoint, file]));
  return (...sources) => {
    const loaded = new Set<string>();
    for (const source of sources) {
      const file = files.get(source);
      assert.ok(file !== undefined, `${source} is loaded by itself`);
      importedBy(file, outputs, loaded);
    }
    const all = [...loaded].flatMap((file) => outputs[file] ?? []);
    return {
      bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      sources: new Set(all.flatMap(({ inputs }) => Object.keys(inputs))),
    };
  };
}

describe('what is loaded', () => {
  let loadedWith: Awaited<ReturnType<typeof build>>;

  itNeeds('packages of npm', 'at the start of VS Code is what is needed then', async () => {
    loadedWith = await build();
    const atStart = loadedWith('src/extension.ts').bytes;
    assert.ok(atStart > 10_000, 'the chunks of the extension were found');
    assert.ok(atStart < MOST_AT_START, `${atStart} bytes are read at the start`);
    const { bytes, sources } = loadedWith('src/vscode/start/parts.ts');
    assert.ok(bytes > 100_000, 'the chunks of the parts were found');
    assert.ok(bytes < MOST_AT_FIRST_USE, `${bytes} bytes are read at the first use`);
    for (const later of [
      'src/core/archive/file/detectFile.ts',
      'src/vscode/editors/archiveView.ts',
      'src/vscode/addConnection/addFlow.ts',
    ]) {
      assert.ok(!sources.has(later), `${later} is loaded when it is first used`);
    }
    // Whoever names a namespace of zod as a value gets the languages of its messages, too.
    const zod = [...sources].filter((part) => /zod\/v4\/(classic|locales)\//.test(part));
    assert.deepEqual(zod, []);
  });

  itNeeds('packages of npm', 'for a backup is what every backup needs', async () => {
    loadedWith ??= await build();
    const jobs = 'src/core/jobs';
    const start = ['runSupervisor', 'supervise'].map(
      (name) => `${jobs}/supervisor/process/${name}.ts`,
    );
    const atStart = loadedWith(...start).bytes;
    assert.ok(atStart > 50_000, 'the chunks of the supervisor were found');
    assert.ok(atStart < MOST_AT_JOBS_START, `${atStart} bytes are read at the start of a job`);
    const { bytes, sources } = loadedWith(
      ...start,
      `${jobs}/supervisor/process/askedAhead.ts`,
      'src/core/connections/startTool.ts',
      `${jobs}/tool/toolProcess.ts`,
      `${jobs}/backup/backupJob.ts`,
    );
    assert.ok(bytes < MOST_FOR_BACKUP, `${bytes} bytes are read for a backup`);
    const others = /\/zod\/|\/execa\/|core\/(?:preflight|connections\/paste|jobs\/restore)\//;
    const unneeded = [
      ...['archive/file/detectFile', 'archive/data/checkStructure', 'forms/backup/backupForm'],
      ...['forms/toolOptions/checkToolOptions', 'jobs/supervisor/store/storedJob'],
    ].map((name) => `src/core/${name}.ts`);
    const found = [...sources].filter((each) => others.test(each) || unneeded.includes(each));
    assert.deepEqual(found, []);
  });
});
