import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { repoPaths } from '../../support/repoPaths';
import { IMPORT_SEEDS, MORE_SEEDS, PLAIN_SEEDS, TYPED_SEEDS, type Seed } from './lintSeeds';
import { describeNeeds } from '../../support/needs';

const SYNTAX = 'house/restricted-syntax';
const EXTENSION = 'src/vscode/seed';
const CORE = 'src/core/seed';
const PAGES = 'webview/seed';
const CONFIG = 'oxlint.config.mjs';
const COPIED = [CONFIG, 'lintPlugin.mjs', 'tsconfig.json'];
const PROJECTS = ['webview/tsconfig.json', 'test/tsconfig.json'];

const all = "import * as vscode from 'vscode';\n";
const textsRefused = [
  `${all}vscode.window.showErrorMessage(text);`,
  `${all}const { Window } = vscode.ProgressLocation; vscode.window.withProgress({}, run);`,
  `${all}const show = ok ? vscode.window.showWarningMessage : vscode.window.showErrorMessage;`,
  `${all}const w = vscode.window;`,
  `${all}const { window } = vscode;`,
  `${all}const api = vscode;`,
  `${all}vscode['window'].showErrorMessage(text);`,
  `${all}vscode.window['showTextDocument'](text);`,
  `${all}vscode.window.createTreeView(id, {});`,
  `${all}vscode.window.setStatusBarMessage(text);`,
  `${all}const tip = new vscode.MarkdownString(text);`,
  `import * as code from 'vscode';\ncode.window.showErrorMessage(text);`,
  `import { window } from 'vscode';`,
  `import { window as w } from 'vscode';`,
  `import { MarkdownString } from 'vscode';`,
  `import vscode from 'vscode';`,
];
const textsTaken = [
  `${all}vscode.window.showTextDocument(document);`,
  `${all}vscode.window.tabGroups.all.map((tab) => tab);`,
  `${all}vscode.window.onDidChangeActiveColorTheme(run);`,
  `${all}vscode.window.registerCustomEditorProvider(id, provider);`,
  `${all}const { Collapsed } = vscode.TreeItemCollapsibleState;`,
  `import { window } from '../ui/window';\nwindow.showErrorMessage(text);`,
];
const modalRefused = ['{ modal: true }', "{ 'modal': true, detail }", '{ modal }'].map(
  (options) => `ui.showWarningMessage(text, ${options}, yes, no);`,
);
const modalTaken = ['askBefore({ title, detail, dangerous, safe });'];
const filesRefused = [
  "import { readFile } from 'node:fs/promises';",
  "import { readFileSync as read } from 'node:fs';",
  "import { stat, readFile } from 'fs/promises';",
  "import * as fs from 'node:fs';\nfs.readFileSync(file);",
  'const text = await handle.readFile();',
  "fs['readFile'](file, done);",
  'const { readFile } = fs.promises;',
  'vscode.workspace.fs.readFile(uri);',
];
const filesTaken = [
  "import { readBounded } from '../../files/regularFile';\nreadBounded(file, 4096);",
  "import { open, writeFile } from 'node:fs/promises';\nawait handle.read(buffer);",
];
const pathsRefused = [
  'f(uri.fsPath === file);',
  'f(a !== options.inputPath);',
  'f(x.outputPath !== y);',
];
const pathsTaken = [
  'samePath(uri.fsPath, file);',
  "f(o.outputPath === '');",
  'f(a.inputPath === null);',
  'f(a.inputPath === undefined);',
];
const namesRefused = [
  'const limit = 5;',
  'export const limit = 5;',
  "const names = ['a', 'b'] as const;",
  'const known = new Set([1]);',
  'const pattern = /a/;',
  'const wait = 60 * 1000;',
  'try { run(); } catch (e) { run(e); }',
];
const namesTaken = [
  'const LIMIT = 5;',
  'const run = () => 5;',
  'function f() { const limit = 5; return limit; }',
  'try { run(); } catch (error) { run(error); }',
  'try { run(); } catch { run(); }',
];

/** Code, where it stands, and whether it is refused. */
type SyntaxCase = readonly [place: string, code: string, refused: boolean];
const cases = (places: readonly string[], codes: readonly string[], refused: boolean) =>
  places.flatMap((place) => codes.map((code): SyntaxCase => [place, code, refused]));

const syntax: readonly SyntaxCase[] = [
  ...cases([EXTENSION], [...textsRefused, ...modalRefused], true),
  ...cases([EXTENSION], [...textsTaken, ...modalTaken], false),
  ...cases([EXTENSION, CORE], filesRefused, true),
  ...cases([EXTENSION, CORE], filesTaken, false),
  ...cases([EXTENSION, CORE], pathsRefused, true),
  ...cases([EXTENSION, CORE], pathsTaken, false),
  ...cases([PAGES], [...filesRefused, ...pathsRefused], false),
  ...cases([EXTENSION, CORE, PAGES], namesRefused, true),
  ...cases([EXTENSION, CORE, PAGES], namesTaken, false),
  ...cases(['test/unit', 'src/core/pgtools/catalogue'], namesRefused, false),
];

/** Types are known wherever there is code. */
const typedEverywhere = ['src/vscode', 'webview/seed', 'test/unit'].flatMap((place) =>
  TYPED_SEEDS.filter(({ rule }) => rule.endsWith('no-floating-promises')).map((seed): Seed => ({
    ...seed,
    place,
  })),
);
const seeds = [...PLAIN_SEEDS, ...TYPED_SEEDS, ...MORE_SEEDS, ...typedEverywhere, ...IMPORT_SEEDS];
const CYCLE = [`${CORE}/there.ts`, `${CORE}/back.ts`] as const;
const UNUSED_DIRECTIVE = `${CORE}/directive.ts`;

interface Finding {
  readonly rule: string;
  readonly message: string;
}

/** What the linter says of each file below `dir`, by its path from there. */
async function lint(dir: string): Promise<Map<string, Finding[]>> {
  const program = path.join(repoPaths.root, 'node_modules/oxlint/bin/oxlint');
  const args = [program, '-c', CONFIG, '--format', 'json', '.'];
  const printed = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: dir, maxBuffer: 1e8 }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
  const { diagnostics } = JSON.parse(printed) as {
    diagnostics: { code?: string; message: string; help?: string; filename: string }[];
  };
  const found = new Map<string, Finding[]>();
  for (const { code = '', message, help = '', filename } of diagnostics) {
    const [, plugin = '', name = ''] = /^([\w-]+)\(([\w-]+)\)$/.exec(code) ?? [];
    const rule = plugin === 'eslint' ? name : `${plugin}/${name}`;
    const file = filename.split(path.sep).join('/');
    found.set(file, [...(found.get(file) ?? []), { rule, message: `${message} ${help}` }]);
  }
  return found;
}

/** Each rule that some block of the configuration asks for. */
async function askedRules(): Promise<Set<string>> {
  const file = pathToFileURL(path.join(repoPaths.root, CONFIG)).href;
  type Rules = Record<string, string | [string, ...unknown[]]>;
  const { default: config } = (await import(file)) as {
    default: { rules: Rules; overrides: { rules: Rules }[] };
  };
  const blocks = [config.rules, ...config.overrides.map(({ rules }) => rules)];
  return new Set(
    blocks.flatMap((rules) => Object.keys(rules).filter((name) => rules[name] !== 'off')),
  );
}

describeNeeds('links', 'The linter', () => {
  let dir: string;
  let found: Map<string, Finding[]>;
  const write = (file: string, code: string): void => {
    const absolute = path.join(dir, file);
    mkdirSync(path.dirname(absolute), { recursive: true });
    writeFileSync(absolute, code);
  };
  const seedFile = (place: string, index: number): string => `${place}/seed${index}.ts`;
  const syntaxFile = ([place]: SyntaxCase, index: number): string => `${place}/syntax${index}.ts`;
  const said = (file: string, rule: string): string[] =>
    (found.get(file) ?? []).filter((f) => f.rule === rule).map((f) => f.message);

  before(async () => {
    dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'pgbackup-lint-')));
    for (const project of ['webview', 'test']) mkdirSync(path.join(dir, project));
    for (const name of [...COPIED, ...PROJECTS]) {
      copyFileSync(path.join(repoPaths.root, name), path.join(dir, name));
    }
    symlinkSync(
      path.join(repoPaths.root, 'node_modules'),
      path.join(dir, 'node_modules'),
      'junction',
    );
    seeds.forEach(({ place = CORE, code }, index) => write(seedFile(place, index), code));
    syntax.forEach((one, index) => write(syntaxFile(one, index), one[1]));
    CYCLE.forEach((file, index) => {
      const other = path.basename(CYCLE[1 - index] ?? '', '.ts');
      write(file, `import { ${other} } from './${other}';\nexport const f = () => ${other};`);
    });
    write(UNUSED_DIRECTIVE, '// oxlint-disable-next-line no-var\nexport const f = () => 1;');
    found = await lint(dir);
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  for (const [index, { rule, code, place = CORE, message = '' }] of seeds.entries()) {
    it(`holds ${rule} in ${place}: ${code.slice(0, 100).replaceAll('\n', ' ')}`, () => {
      const messages = said(seedFile(place, index), rule);
      assert.ok(
        messages.some((text) => text.includes(message)),
        `said: ${messages.join('; ')}`,
      );
    });
  }

  it('holds import/no-cycle', () => {
    for (const file of CYCLE) assert.notDeepEqual(said(file, 'import/no-cycle'), []);
  });

  for (const [index, one] of syntax.entries()) {
    const [place, code, refused] = one;
    it(`${refused ? 'refuses' : 'takes'} in ${place}: ${code.replace(all, '').replaceAll('\n', ' ')}`, () => {
      assert.equal(said(syntaxFile(one, index), SYNTAX).length > 0, refused);
    });
  }

  it('tells a directive that disables nothing', () => {
    const messages = (found.get(UNUSED_DIRECTIVE) ?? []).map(({ message }) => message);
    assert.ok(messages.some((text) => text.startsWith('Unused oxlint-disable directive')));
  });

  it('is asked for no rule that is not tried here', async () => {
    const tried = new Set([...seeds.map(({ rule }) => rule), SYNTAX, 'import/no-cycle']);
    assert.deepEqual([...(await askedRules())].sort(), [...tried].sort());
  });
});
