// Type-checked rules over everything, and the import zones of the house.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'eslint-config-prettier';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const root = path.dirname(fileURLToPath(import.meta.url));

const node = { group: ['node:*'], message: 'This room also runs in the browser.' };
const nodePackages = { group: ['execa'], message: 'This room also runs in the browser.' };
const vscodeApi = { group: ['vscode'], message: 'core never imports vscode.' };
const toolkit = {
  group: ['@vscode/webview-ui-toolkit', '@vscode/webview-ui-toolkit/*'],
  message: 'Only webview/shared/ui imports the toolkit: use its functions.',
};

const wholeZod = { regex: '^zod$', message: 'zod/mini does the same in a third of the bytes.' };

/** `no-restricted-imports` does not merge between blocks, so each block lists all that it forbids. */
const restrict = (...patterns) => ({
  '@typescript-eslint/no-restricted-imports': ['error', { patterns: [wholeZod, ...patterns] }],
});

const literalTexts =
  'Texts reach VS Code through src/vscode/ui/window.ts, which makes them literal.';
/** What of `vscode.window` shows no text of ours. */
const TEXTLESS =
  '/^(activeTextEditor|visibleTextEditors|tabGroups|onDid[A-Z].*|register[A-Z].*|showTextDocument|createOutputChannel)$/';
/** The namespace is imported whole and as `vscode`, so that the other selectors see every use of it. */
export const literalTextRules = [
  'ImportDeclaration[source.value="vscode"] > ImportSpecifier[imported.name=/^(window|MarkdownString|default)$/]',
  'ImportDeclaration[source.value="vscode"] > ImportDefaultSpecifier',
  'ImportDeclaration[source.value="vscode"] > ImportNamespaceSpecifier[local.name!="vscode"]',
  `:not(MemberExpression[computed=false][property.name=${TEXTLESS}]) > MemberExpression[object.name="vscode"][property.name="window"]`,
  'MemberExpression[object.name="vscode"][computed=true]',
  'VariableDeclarator[init.name="vscode"] Property[key.name=/^(window|MarkdownString)$/]',
  'VariableDeclarator[init.type="Identifier"][init.name="vscode"][id.type="Identifier"]',
  'NewExpression[callee.object.name="vscode"][callee.property.name="MarkdownString"]',
].map((selector) => ({ selector, message: literalTexts }));

/** A modal dialog has the focus on its first button, so that Enter presses it. */
export const modalRules = [
  {
    selector: 'Property[key.name="modal"], Property[key.value="modal"]',
    message:
      'Questions in a modal dialog are asked by askBefore, which gives the focus to the safe button.',
  },
];

const wholeFiles =
  'Files of unknown size are read by src/core/files, which knows how much of them is held at most.';
const READ_WHOLE = '/^readFile(Sync)?$/';
export const wholeFileRules = [
  `ImportDeclaration[source.value=/^(node:)?fs/] > ImportSpecifier[imported.name=${READ_WHOLE}]`,
  `MemberExpression[property.name=${READ_WHOLE}]`,
  `MemberExpression[computed=true] > Literal[value=${READ_WHOLE}]`,
  `ObjectPattern > Property[key.name=${READ_WHOLE}]`,
].map((selector) => ({ selector, message: wholeFiles }));

/** What is fixed at module level: numbers, texts, patterns, sets and lists of them. */
const FIXED =
  ':matches(Literal, TemplateLiteral, UnaryExpression, BinaryExpression[left.type="Literal"], ArrayExpression[elements.0.type="Literal"], NewExpression[callee.name=/^(Set|Map|RegExp)$/][arguments.length>0])';
/** Names in one dialect. */
export const namingRules = [
  {
    selector: `:matches(Program, ExportNamedDeclaration) > VariableDeclaration[kind="const"] > VariableDeclarator[id.name=/[a-z]/] > :matches(${FIXED}.init, TSAsExpression.init > ${FIXED}.expression)`,
    message: 'A constant of a module is written in UPPER_CASE.',
  },
  {
    selector: 'CatchClause:not(CatchClause CatchClause) > Identifier.param[name!="error"]',
    message: 'What is caught is called error.',
  },
];

/** Windows and macOS let one path be written in several ways. */
const PATHS = '/^(fsPath|finalPath|inputPath|outputPath|shownPath)$/';
export const pathRules = [
  {
    selector: `BinaryExpression[operator=/^[!=]==$/]:not(:has(> Literal)):not(:has(> Identifier[name="undefined"])) > MemberExpression[property.name=${PATHS}]`,
    message: 'Compare paths by samePath or isWithin of src/core/files/samePath.ts.',
  },
];

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      'dist',
      'out',
      '.cache',
      '.vscode-test',
      'test/fixtures',
      'test-results',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.ts', '**/*.mjs'],
    plugins: { 'import-x': importX },
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.mjs', 'test/support/*.mjs'] },
        tsconfigRootDir: root,
      },
    },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({
          noWarnOnMultipleProjects: true,
          project: ['tsconfig.json', 'webview/tsconfig.json', 'test/tsconfig.json'].map((p) =>
            path.join(root, p),
          ),
        }),
      ],
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      // Options whose fields come from a table have a name of their own.
      '@typescript-eslint/no-empty-object-type': [
        'error',
        { allowInterfaces: 'with-single-extends' },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-console': 'error',
      eqeqeq: 'error',
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': [
        'error',
        {
          basePath: root,
          zones: [
            { target: './src/core', from: './src/vscode', message: 'core knows no editor.' },
            { target: './src/core', from: './src/protocol', message: 'core knows no messages.' },
            {
              target: './src/core/backups',
              from: ['./src/core/jobs', './src/core/catalog', './src/core/connections'],
              message: 'Backups are read from files alone.',
            },
            {
              target: ['./src', './test/support'],
              from: './webview',
              message: 'The host knows no page.',
            },
            { target: './webview', from: './src/vscode', message: 'Pages know the protocol only.' },
            {
              target: './webview',
              from: [
                './src/core/connections',
                './src/core/jobs',
                './src/core/catalog',
                './src/core/archive',
                './src/core/backups',
              ],
              message: 'Pages import browser-safe rooms only.',
            },
            {
              target: ['./src', './webview'],
              from: './src/extension.ts',
              message: 'Nothing imports the root.',
            },
            { target: ['./src', './webview'], from: './test', message: 'Source knows no tests.' },
          ],
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'webview/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', { max: 4 }],
    },
  },
  { files: ['test/**/*.ts'], rules: { 'max-lines': ['error', { max: 400 }] } },
  // Plain tables: rows of options, a sentence for each error.
  {
    files: [
      'src/core/pgtools/catalogue/*.ts',
      'src/vscode/text/*.ts',
      'src/vscode/settings/profileProblems.ts',
    ],
    rules: { 'max-lines': 'off', 'max-lines-per-function': 'off', 'max-params': 'off' },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      ...restrict(toolkit),
      'no-restricted-syntax': ['error', ...namingRules, ...wholeFileRules, ...pathRules],
    },
  },
  { files: ['src/core/**/*.ts'], rules: restrict(vscodeApi, toolkit) },
  {
    files: ['src/extension.ts', 'src/vscode/**/*.ts'],
    ignores: ['src/vscode/ui/window.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...namingRules,
        ...wholeFileRules,
        ...pathRules,
        ...literalTextRules,
        ...modalRules,
      ],
    },
  },
  {
    // The one that asks, and one that asks nothing dangerous: whether an entry that fails is kept.
    files: ['src/vscode/ui/askBefore.ts', 'src/vscode/addConnection/addFlow.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...namingRules, ...wholeFileRules, ...literalTextRules],
    },
  },
  {
    files: [
      'src/core/model/**/*.ts',
      'src/core/text/**/*.ts',
      'src/core/plans/**/*.ts',
      'src/core/forms/**/*.ts',
      'src/core/preflight/**/*.ts',
      'src/core/pgtools/{args,catalogue,choose}/**/*.ts',
      'src/protocol/**/*.ts',
    ],
    rules: restrict(vscodeApi, node, nodePackages, toolkit),
  },
  {
    files: ['webview/**/*.ts'],
    rules: {
      ...restrict(vscodeApi, node, nodePackages, toolkit),
      'no-restricted-syntax': ['error', ...namingRules],
    },
  },
  { files: ['webview/shared/ui/**/*.ts'], rules: restrict(vscodeApi, node, nodePackages) },
  // Rows of tables are written with the tools' names, for short.
  { files: ['src/core/pgtools/catalogue/*.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['test/**/*.ts', '**/*.mjs'], rules: { 'no-console': 'off' } },
  { files: ['**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  prettier,
);
