// Builds the extension and the program that owns a job, and puts what is loaded together into few
// files: each file costs time, at the start of every job and when the extension is first used, and
// there were a hundred.
import * as esbuild from 'esbuild';
import { builtinModules } from 'node:module';
import path from 'node:path';

const modules = {
  // The host's own Node runs them, and gives them `vscode`.
  platform: 'node',
  target: 'node20',
  external: ['vscode'],
  // Words of other languages are as short as they are written.
  charset: 'utf8',
};

/**
 * The extension, and the program that owns a job, which runs without any editor. Both are split, so
 * that what they share is there once and what is heavy is loaded when it is needed (`import()`).
 * esbuild splits ES modules only.
 */
const split = {
  ...modules,
  format: 'esm',
  entryPoints: {
    extension: 'src/extension.ts',
    'chunks/runSupervisor': 'src/core/jobs/supervisor/process/runSupervisor.ts',
  },
  outdir: 'dist',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
};

/**
 * Programs that have to be there at once, each a file for itself that needs nearly nothing: what loads
 * the rest of a job's process, the guard of the job's tools, and the program by which ssh asks.
 */
export const startedAtOnce = {
  entryPoints: {
    supervisor: 'src/core/jobs/supervisor/process/supervisor.ts',
    guard: 'src/core/jobs/supervisor/process/guardTools.ts',
    askpass: 'src/core/connections/ssh/askpass.ts',
  },
  outdir: 'dist',
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  supported: { 'dynamic-import': false },
  plugins: [
    {
      name: 'rest',
      setup: (build) =>
        build.onResolve({ filter: /^\.\/runSupervisor$/ }, () => ({
          path: './chunks/runSupervisor.js',
          external: true,
        })),
    },
  ],
};

/**
 * The files become CommonJS: that is loaded in half of the time, and Node 20 takes compiled code for
 * nothing else (`codeCache.ts`).
 */
const merged = {
  ...modules,
  // For `node` esbuild would list all names for ES modules that import these files; there are none.
  platform: 'neutral',
  external: ['vscode', 'node:*', ...builtinModules],
  format: 'cjs',
  // `import()` of what is built here becomes `require`: it would pass by the compiled code.
  supported: { 'dynamic-import': false },
};

/**
 * Files that a supervisor loads when it starts, in this order: for any job, to ask the server while it
 * loads the rest, for a backup, and for all other jobs.
 */
const FOR_ANY_JOB = ['supervise'];
const TO_ASK = ['askedAhead', 'startTool'];
const FOR_BACKUPS = ['toolProcess', 'backupJob'];
const FOR_JOBS = [...FOR_BACKUPS, 'rehearse', 'restoreJob', 'verifyJob'];

/** What only some backups need: those of some objects, with options of their own, or in other formats. */
const FOR_CHOSEN_OBJECTS = ['chosenChecks'];
const FOR_TOOLS_HELP = ['toolHelp'];
const FOR_OWN_OPTIONS = ['backupForm'];
const FOR_OTHER_FORMATS = ['checkStructure'];

/** Files that the extension loads when it is first used, for the forms, and for the editor of dumps. */
const FOR_ANY_USE = ['parts'];
const FOR_FORMS = ['openForms'];
const FOR_DUMPS = ['archiveView'];

/** Kinds of imports, as esbuild names them. */
const AT_ONCE = ['import-statement'];
const LATER = ['dynamic-import'];
const EVER = [...AT_ONCE, ...LATER, 'require-call'];

/**
 * Options of a build of both that merges the files which are loaded together. `common`: of every build;
 * `into`: where `dist` is made.
 */
export function hostOptions(common, into = '.') {
  return {
    ...common,
    ...split,
    sourcemap: common.sourcemap === false ? false : 'inline',
    metafile: true,
    write: false,
    plugins: [
      {
        name: 'merged',
        setup: (build) => build.onEnd((result) => mergeFiles(common, into, result)),
      },
    ],
  };
}

async function mergeFiles(common, into, { outputFiles, metafile, errors }) {
  if (errors.length > 0) return;
  const files = new SplitFiles(common.absWorkingDir, outputFiles, metafile.outputs);
  await esbuild.build({
    ...common,
    ...merged,
    outdir: into,
    logLevel: 'warning',
    entryPoints: files.results().map((file) => ({ in: file, out: file.replace(/\.js$/, '') })),
    plugins: [merging(files)],
  });
}

/** The files of the first build, by their paths from the root, and the larger ones that they go into. */
class SplitFiles {
  constructor(root, files, outputs) {
    this.root = root;
    this.texts = new Map(files.map((file) => [path.relative(root, file.path), file.text]));
    this.outputs = new Map(Object.entries(outputs).filter(([file]) => file.endsWith('.js')));
    this.groups = this.grouped();
    this.names = this.shortNames();
  }

  /** The larger file that each file goes into. */
  grouped() {
    const all = [...this.outputs.keys()];
    const named = (names) => this.loadedWith(names.flatMap((name) => filesNamed(name, all)));
    // What is loaded earlier does not bring with it what is loaded later.
    const extension = {
      atStart: this.loadedWith(['dist/extension.js']),
      parts: named(FOR_ANY_USE),
    };
    const supervisor = {
      supervisor: this.loadedWith(['dist/chunks/runSupervisor.js', ...named(FOR_ANY_JOB)]),
      ask: named(TO_ASK),
      backup: named(FOR_BACKUPS),
      chosen: named(FOR_CHOSEN_OBJECTS),
      help: named(FOR_TOOLS_HELP),
      options: named(FOR_OWN_OPTIONS),
      formats: named(FOR_OTHER_FORMATS),
      jobs: named(FOR_JOBS),
    };
    const later = { forms: named(FOR_FORMS), dumps: named(FOR_DUMPS) };
    const withoutEditor = this.loadedWith(['dist/chunks/runSupervisor.js'], EVER);
    const inSome = (sets, file) => Object.keys(sets).filter((name) => sets[name].has(file));
    const nameOf = (file) => {
      const [job] = inSome(supervisor, file);
      const [early] = inSome(extension, file);
      const name = early ?? (job === undefined ? inSome(later, file).join('-') : '');
      if (name === '') return job ?? '';
      // What needs an editor is apart from what a job's process loads, too, at its start or later.
      if (job !== undefined) return `${name}-${job}`;
      return withoutEditor.has(file) ? `${name}-without-editor` : name;
    };
    // A file that somebody asks for keeps its name.
    const asked = new Set(all.flatMap((file) => this.importsOf(file, LATER)));
    asked.add('dist/chunks/runSupervisor.js');
    const groups = new Map();
    for (const file of all) {
      const name = nameOf(file);
      if (asked.has(file) || !file.startsWith('dist/chunks/') || name === '') continue;
      groups.set(file, `dist/chunks/${name}.js`);
    }
    this.checkApart(groups, withoutEditor);
    return groups;
  }

  /** @throws where a job's process would load a module that only an editor has */
  checkApart(groups, withoutEditor) {
    const resultOf = (file) => groups.get(file) ?? file;
    const loaded = new Set([...withoutEditor].map(resultOf));
    for (const file of this.outputs.keys()) {
      if (!loaded.has(resultOf(file))) continue;
      const needsEditor = this.importsOf(file, EVER).includes('vscode');
      if (withoutEditor.has(file) && !needsEditor) continue;
      throw new Error(`${file} is in ${resultOf(file)}, which runs without an editor`);
    }
  }

  /** All files that are loaded with these, which are among them; `EVER`: at once or later. */
  loadedWith(files, kinds = AT_ONCE, found = new Set()) {
    for (const file of files) {
      if (found.has(file) || !this.outputs.has(file)) continue;
      found.add(file);
      this.loadedWith(this.importsOf(file, kinds), kinds, found);
    }
    return found;
  }

  importsOf(file, kinds) {
    const { imports } = this.outputs.get(file);
    return imports.filter((each) => kinds.includes(each.kind)).map((each) => each.path);
  }

  /** The file in which a file of the first build is in the end. */
  resultOf(file) {
    return this.groups.get(file) ?? file;
  }

  results() {
    return [...new Set([...this.outputs.keys()].map((file) => this.resultOf(file)))];
  }

  /**
   * What each file that goes into a larger one exports: its own names and those that it has there. Short
   * ones: they stand there twice, and wherever something is used.
   */
  shortNames() {
    let count = 0;
    const named = (name) => [name, `_${(count++).toString(36)}`];
    return new Map(
      [...this.groups.keys()].map((file) => [file, this.outputs.get(file).exports.map(named)]),
    );
  }

  /** The files that a larger one is made of; none = it is a file of the first build. */
  partsOf(result) {
    return [...this.groups.keys()].filter((file) => this.groups.get(file) === result);
  }

  /** The text of a file of the first build, or of a larger one: it exports all of its parts. */
  textOf(file) {
    const text = this.texts.get(file);
    if (text !== undefined) return text;
    const parts = this.partsOf(file).map((part) => {
      const names = this.names.get(part).map(([name, short]) => `${name} as ${short}`);
      return `export { ${names.join(', ')} } from '${pathFrom(path.dirname(file), part)}';`;
    });
    return parts.join('\n');
  }
}

/** @throws where there is none: what is loaded together would no longer be in one file, unnoticed */
function filesNamed(name, all) {
  const found = all.filter((file) => path.basename(file).replace(/-\w+\.js$/, '') === name);
  if (found.length === 0) throw new Error(`No file of the build is named ${name}`);
  return found;
}

/** As a module in the directory names the file. */
function pathFrom(dir, file) {
  const relative = path.posix.relative(dir, file);
  return relative.startsWith('.') ? relative : `./${relative}`;
}

/**
 * Gives esbuild the files of the first build as its input, and replaces imports of what is now in a
 * larger file: they go to a module `moved` for each file that went there, and from those to one module
 * `larger`, so that the larger file is required once and not for each of them. Each of Node's own modules
 * goes through one module `builtin` for the same reason.
 */
function merging(split) {
  const resolve = ({ path: wanted, importer, kind, namespace, pluginData }) => {
    if (kind === 'entry-point') return { path: path.posix.normalize(wanted), namespace: 'split' };
    if (namespace === 'moved') return { path: wanted, namespace: 'larger', pluginData };
    if (namespace !== 'split') return { path: wanted, external: true };
    const file = path.posix.join(path.posix.dirname(importer), wanted);
    const result = split.resultOf(importer);
    if (split.resultOf(file) === result) return { path: file, namespace: 'split' };
    if (!split.groups.has(file)) return { path: wanted, external: true };
    const dir = path.posix.dirname(result);
    // One for each directory, because the larger file has another name from there.
    return { path: file, namespace: 'moved', suffix: `?${dir}`, pluginData: dir };
  };
  return {
    name: 'merging',
    setup(build) {
      build.onResolve({ filter: /^\.{0,2}[\w/.-]*\.js$/ }, resolve);
      build.onResolve({ filter: /^node:/ }, ({ path: wanted, namespace }) =>
        namespace === 'split'
          ? { path: wanted, namespace: 'builtin' }
          : { path: wanted, external: true },
      );
      build.onLoad({ filter: /./, namespace: 'builtin' }, async ({ path: name }) => {
        const names = Object.keys(await import(name)).filter((each) => /^\w+$/.test(each));
        return { contents: `export { ${names.join(', ')} } from '${name}';` };
      });
      build.onLoad({ filter: /./, namespace: 'split' }, ({ path: file }) => ({
        contents: split.textOf(file),
        resolveDir: split.root,
      }));
      build.onLoad({ filter: /./, namespace: 'moved' }, ({ path: file, pluginData: dir }) => {
        const names = split.names.get(file).map(([name, short]) => `${short} as ${name}`);
        const result = split.resultOf(file);
        const contents = `export { ${names.join(', ')} } from '${pathFrom(dir, result)}';`;
        return { contents, pluginData: result };
      });
      build.onLoad({ filter: /./, namespace: 'larger' }, ({ path: file, pluginData: result }) => {
        const names = split.partsOf(result).flatMap((part) => split.names.get(part));
        return {
          contents: `export { ${names.map(([, short]) => short).join(', ')} } from '${file}';`,
        };
      });
    },
  };
}
