import * as esbuild from 'esbuild';
import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bytesOf, requiredBy } from '../../support/measure/host/requiredFiles';
import { repoPaths } from '../../support/repoPaths';
import { itNeeds } from '../../support/needs';
import { scratch } from '../archive/files';

/** What VS Code reads before the extension is active, in bytes of the files as they are packaged. */
const MOST_AT_START = 22_000;
/** What is read besides when the extension is first used: by a view, a command or a job. */
const MOST_AT_FIRST_USE = 390_000;
/** What a job's process reads before its job comes. */
const MOST_AT_JOBS_START = 85_000;
/** The same until the result of a backup that asks nothing of its tool beyond the form's fields. */
const MOST_FOR_BACKUP = 300_000;

/** The program that loads the rest of a job's process. */
const SUPERVISOR = 'src/core/jobs/supervisor/process/supervisor.ts';

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

/** `esbuild.host.mjs` of the repository, which is no part of this bundle. */
interface HostBuild {
  hostOptions: (common: esbuild.BuildOptions, into: string) => esbuild.BuildOptions;
  startedAtOnce: esbuild.BuildOptions;
}

/** Builds all as for the Marketplace, in a folder of its own. */
async function build(dir: string): Promise<(...sources: string[]) => Loaded> {
  const script = pathToFileURL(path.join(repoPaths.root, 'esbuild.host.mjs')).href;
  const { hostOptions, startedAtOnce } = (await import(script)) as HostBuild;
  const common = {
    absWorkingDir: repoPaths.root,
    bundle: true,
    minify: true,
    sourcemap: false,
    legalComments: 'none',
    logLevel: 'silent',
  } as const;
  const [{ metafile }] = await Promise.all([
    esbuild.build(hostOptions(common, dir)),
    esbuild.build({ ...common, ...startedAtOnce, outdir: path.join(dir, 'dist') }),
  ]);
  const { outputs } = metafile ?? assert.fail();
  const files = new Map(Object.entries(outputs).map(([file, each]) => [each.entryPoint, file]));
  // Loaded by a file that is no part of that build.
  files.set(SUPERVISOR, 'dist/supervisor.js');
  return (...sources) => {
    const loaded = sources.map((source) => {
      const file = files.get(source);
      assert.ok(file !== undefined, `${source} is loaded by itself`);
      return file;
    });
    const all = new Set<string>();
    for (const file of loaded) importedBy(file, outputs, all);
    return {
      bytes: bytesOf(requiredBy(loaded.map((file) => path.join(dir, file)))),
      sources: new Set([...all].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}))),
    };
  };
}

describe('what is loaded', () => {
  const { dir } = scratch();
  let loadedWith: Awaited<ReturnType<typeof build>>;

  itNeeds('packages of npm', 'at the start of VS Code is what is needed then', async () => {
    loadedWith ??= await build(dir);
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
    loadedWith ??= await build(dir);
    const jobs = 'src/core/jobs';
    const process = `${jobs}/supervisor/process`;
    const start = [SUPERVISOR, `${process}/runSupervisor.ts`, `${process}/supervise.ts`];
    const atStart = loadedWith(...start).bytes;
    assert.ok(atStart > 50_000, 'the chunks of the supervisor were found');
    assert.ok(atStart < MOST_AT_JOBS_START, `${atStart} bytes are read at the start of a job`);
    const { bytes, sources } = loadedWith(
      ...start,
      `${process}/askedAhead.ts`,
      'src/core/connections/startTool.ts',
      `${jobs}/tool/toolProcess.ts`,
      `${jobs}/backup/backupJob.ts`,
    );
    assert.ok(bytes < MOST_FOR_BACKUP, `${bytes} bytes are read for a backup`);
    const others = /\/zod\/|\/execa\/|core\/(?:preflight|connections\/paste|jobs\/restore)\//;
    const unneeded = [
      ...['archive/file/detectFile', 'archive/data/checkStructure', 'forms/backup/backupForm'],
      ...['forms/toolOptions/checkToolOptions', 'jobs/supervisor/store/storedJob'],
      ...['pgtools/catalogue/restore', 'pgtools/catalogue/dumpall', 'pgtools/catalogue/psql'],
      ...['model/restoreFields', 'pgtools/args/dumpallArgs', 'connections/passwordCommand'],
      ...['connections/ssh/readRoute', 'catalog/restore/databases', 'text/jobNoteText'],
      ...['forms/backup/chosenChecks', 'pgtools/locate/toolHelp'],
    ].map((name) => `src/core/${name}.ts`);
    const found = [...sources].filter((each) => others.test(each) || unneeded.includes(each));
    assert.deepEqual(found, []);
  });
});
