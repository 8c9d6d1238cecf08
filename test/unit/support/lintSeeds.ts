/** Code that a rule of the linter refuses; alone in a file, at `place` (from the root). */
export interface Seed {
  readonly rule: string;
  readonly code: string;
  /** Where it is refused; most rules hold everywhere. */
  readonly place?: string;
  /** The beginning of what is said, where a rule says several things. */
  readonly message?: string;
}

function seeds(table: Readonly<Record<string, string>>): Seed[] {
  return Object.entries(table).map(([rule, code]) => ({ rule, code }));
}

/** One mistake for each rule that needs no types. */
export const PLAIN_SEEDS: readonly Seed[] = seeds({
  'no-var': 'export var three: number;',
  'prefer-const': 'export function f() { let three = Math.random(); return three; }',
  'prefer-rest-params': 'export function f() { return arguments[0]; }',
  'prefer-spread': 'export const f = (list: number[]) => Math.max.apply(Math, list);',
  'no-array-constructor': 'export const list = new Array(1, 2);',
  'no-unused-expressions': 'export function f(a: number) { a + 1; }',
  'no-unused-vars': 'export function f(a: number) { return 1; }',
  'no-console': 'console.log(1);',
  eqeqeq: 'export const f = (a: number, b: number) => a == b;',
  'max-lines': 'void 0;\n'.repeat(401),
  'max-lines-per-function': `export function f() {\n${'  void 0;\n'.repeat(61)}}`,
  'max-params': 'export const f = (a: 1, b: 1, c: 1, d: 1, e: 1) => [a, b, c, d, e];',
  'typescript/ban-ts-comment': '// @ts-ignore\nexport const f = () => 1;',
  'typescript/no-duplicate-enum-values': 'export enum Size { Small = 1, Large = 1 }',
  'typescript/no-empty-object-type': 'export interface Nothing {}',
  'typescript/no-explicit-any': 'export const f = (a: any) => void a;',
  'typescript/no-extra-non-null-assertion': 'export const f = (a: string | null) => a!!.length;',
  'typescript/no-misused-new': 'export interface Maker { constructor(): void }',
  'typescript/no-namespace': 'export namespace Room { export const f = () => 1; }',
  'typescript/no-non-null-asserted-optional-chain':
    'export const f = (a?: { b: string }) => a?.b!;',
  'typescript/no-require-imports': "export const f = () => void require('node:os');",
  'typescript/no-this-alias': 'export class A { f() { const self = this; return self; } }',
  'typescript/no-unnecessary-type-constraint': 'export const f = <T extends unknown>(a: T) => a;',
  'typescript/no-unsafe-declaration-merging': 'export interface A { b: 1 }\nexport class A {}',
  'typescript/no-unsafe-function-type': 'export const f = (a: Function) => void a;',
  'typescript/no-wrapper-object-types': 'export const f = (a: String) => void a;',
  'typescript/prefer-as-const': "export const f = () => 'one' as 'one';",
  'typescript/prefer-namespace-keyword': 'export module Room { export const f = () => 1; }',
  'typescript/triple-slash-reference': '/// <reference path="./other.ts" />\nexport {};',
  'typescript/consistent-type-imports':
    "import { Stats } from 'node:fs';\nexport const f = (a: Stats) => a;",
});

/** One mistake for each rule that needs types. */
export const TYPED_SEEDS: readonly Seed[] = seeds({
  'typescript/await-thenable': 'export const f = async (a: number) => await a;',
  'typescript/no-array-delete': 'export const f = (list: number[]) => delete list[0];',
  'typescript/no-base-to-string': 'export const f = (a: { b: 1 }) => String(a);',
  'typescript/no-duplicate-type-constituents': 'export type A = number | string | number;',
  'typescript/no-floating-promises': 'export function f(a: Promise<void>) { a; }',
  'typescript/no-for-in-array':
    'export function f(list: number[]) { for (const i in list) void i; }',
  'typescript/no-implied-eval': "setTimeout('f()', 1);",
  'typescript/no-misused-promises': 'export const f = (a: Promise<void>) => (a ? 1 : 2);',
  'typescript/no-redundant-type-constituents': 'export type A = unknown | string;',
  'typescript/no-unnecessary-type-assertion': 'export const f = (a: string) => a as string;',
  'typescript/no-unsafe-argument':
    "export const f = (g: (b: string) => void) => g(JSON.parse('1'));",
  'typescript/no-unsafe-assignment':
    "export const f = () => { const a = JSON.parse('1'); void a; };",
  'typescript/no-unsafe-call': "export const f = () => void JSON.parse('1')();",
  'typescript/no-unsafe-enum-comparison': 'enum A { One = 1 }\nexport const f = (a: A) => a === 1;',
  'typescript/no-unsafe-member-access': "export const f = () => void JSON.parse('1').b;",
  'typescript/no-unsafe-return': "export const f = () => JSON.parse('1');",
  'typescript/no-unsafe-unary-minus': 'export const f = (a: string) => -a;',
  'typescript/only-throw-error': "export function f() { throw 'a'; }",
  'typescript/prefer-promise-reject-errors': "export const f = () => Promise.reject('a');",
  'typescript/restrict-plus-operands': "export const f = (a: { b: 1 }) => a + 'c';",
  'typescript/restrict-template-expressions': 'export const f = (a: { b: 1 }) => `${a}`;',
  'typescript/switch-exhaustiveness-check':
    "export function f(a: 'b' | 'c') { switch (a) { case 'b': return 1; } return 2; }",
  'typescript/unbound-method':
    'class A { b() { return this; } }\nexport const f = (a: A) => { const { b } = a; return b; };',
});

/** Mistakes of other kinds that the same rules refuse. */
export const MORE_SEEDS: readonly Seed[] = [
  { rule: 'no-unused-vars', code: "import os from 'node:os';" },
  { rule: 'no-unused-vars', code: 'export function f() { const a = 1; }' },
  { rule: 'no-unused-vars', code: 'export function f() { try { f(); } catch (error) {} }' },
  { rule: 'eqeqeq', code: 'export const f = (a: number | null) => a != null;' },
  {
    rule: 'typescript/no-misused-promises',
    code: 'export const f = (a: () => Promise<void>) => process.on("exit", a);',
  },
  {
    rule: 'typescript/no-misused-promises',
    code: 'export const f = (a: Promise<{ b: 1 }>) => ({ ...a });',
  },
  {
    rule: 'typescript/no-floating-promises',
    code: 'export function f(a: Promise<void>) { a.then(() => undefined); }',
  },
  {
    rule: 'typescript/switch-exhaustiveness-check',
    code: "export function f(a: 'b' | 'c') { switch (a) { case 'b': break; } }",
  },
];

/** From which file what is imported, and what is said to it. */
type Row = readonly [place: string, imported: string, message: string];

const rows = (rule: string, table: readonly Row[]): Seed[] =>
  table.map(([place, imported, message]) => ({
    rule,
    place,
    code: `import * as a from '${imported}';\nexport const f = () => void a;`,
    message,
  }));

const FOR_PAGES = 'This room also runs in the browser.';
const BROWSER_SAFE = [
  ...['model', 'text', 'plans', 'forms', 'preflight'],
  ...['pgtools/args', 'pgtools/catalogue', 'pgtools/choose'],
].map((room) => `src/core/${room}`);

/** Imports that a room may not have, by the wall that stands there. */
export const IMPORT_SEEDS: readonly Seed[] = [
  ...rows('house/walls', [
    ['src/core/seed', '../../vscode/ui/window', 'core knows no editor.'],
    ['src/core/seed', '../../protocol/forms', 'core knows no messages.'],
    ['src/core/backups', '../jobs/job', 'Backups are read from files alone.'],
    ['src/core/backups/deep', '../../catalog/psql', 'Backups are read from files alone.'],
    ['src/core/backups', '../connections', 'Backups are read from files alone.'],
    ['src/vscode', '../../webview/shared/ui', 'The host knows no page.'],
    ['test/support', '../../webview/restore/main', 'The host knows no page.'],
    ['webview/seed', '../../src/vscode/ui/window', 'Pages know the protocol only.'],
    ...['connections', 'jobs', 'catalog', 'archive', 'backups'].map((room): Row => {
      return ['webview/seed', `../../src/core/${room}/a`, 'Pages import browser-safe rooms only.'];
    }),
    ['src/vscode', '../extension', 'Nothing imports the root.'],
    ['webview/seed', '../../src/extension.js', 'Nothing imports the root.'],
    ['src/vscode', '../../test/support/until', 'Source knows no tests.'],
    ['webview/seed', '../../test/support/until', 'Source knows no tests.'],
  ]),
  ...[
    "import type { a } from '../../vscode/a';\nexport const f = (b: a) => b;",
    "export * from '../../vscode/a';",
    "export { a } from '../../vscode/a';",
    "export const f = () => import('../../vscode/a');",
    "export type A = import('../../vscode/a').A;",
    "export const f = () => void require('../../vscode/a');",
  ].map((code) => ({ rule: 'house/walls', place: 'src/core/seed', code })),
  ...rows('no-restricted-imports', [
    ['src/vscode', 'zod', 'zod/mini'],
    ['webview/shared/ui', 'zod', 'zod/mini'],
    ['src/core/seed', 'vscode', 'core never imports vscode.'],
    ...BROWSER_SAFE.flatMap((room): Row[] => [
      [room, 'vscode', 'core never imports vscode.'],
      [room, 'node:fs/promises', FOR_PAGES],
      [room, 'execa', FOR_PAGES],
    ]),
    ['src/protocol', 'node:fs', FOR_PAGES],
    ['webview/seed', 'node:fs', FOR_PAGES],
    ['webview/seed', 'execa', FOR_PAGES],
    ['webview/shared/ui', 'node:fs', FOR_PAGES],
    ['webview/seed', 'vscode', 'core never imports vscode.'],
    ...['src/vscode', 'src/core/seed', 'src/core/model', 'webview/seed'].flatMap((room): Row[] => [
      [room, '@vscode/webview-ui-toolkit', 'Only webview/shared/ui imports the toolkit'],
      [room, '@vscode/webview-ui-toolkit/dist/a', 'Only webview/shared/ui imports the toolkit'],
    ]),
  ]),
];
