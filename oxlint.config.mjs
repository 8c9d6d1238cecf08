// Type-checked rules over everything, and the walls of the house. All rules are named one by one, so
// that a new version of the linter brings no rule that nobody chose.

const node = { regex: '^node:', message: 'This room also runs in the browser.' };
const nodePackages = { regex: '^execa(/|$)', message: 'This room also runs in the browser.' };
const vscodeApi = { regex: '^vscode$', message: 'core never imports vscode.' };
const toolkit = {
  regex: '^@vscode/webview-ui-toolkit(/|$)',
  message: 'Only webview/shared/ui imports the toolkit: use its functions.',
};

const wholeZod = { regex: '^zod$', message: 'zod/mini does the same in a third of the bytes.' };

/** A rule does not merge between blocks, so each block lists all that it forbids. */
const restrict = (...patterns) => ({
  'no-restricted-imports': ['error', { patterns: [wholeZod, ...patterns] }],
});

/** Forms of code that are refused; as above, each block lists all of them. */
const refuse = (...rules) => ({ 'house/restricted-syntax': ['error', rules] });

const literalTexts =
  'Texts reach VS Code through src/vscode/ui/window.ts, which makes them literal.';
/** What of `vscode.window` shows no text of ours. */
const TEXTLESS =
  '/^(activeTextEditor|visibleTextEditors|tabGroups|onDid[A-Z].*|register[A-Z].*|showTextDocument|createOutputChannel)$/';
/** The namespace is imported whole and as `vscode`, so that the other selectors see every use of it. */
const literalTextRules = [
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
const modalRules = [
  {
    selector: 'Property[key.name="modal"], Property[key.value="modal"]',
    message:
      'Questions in a modal dialog are asked by askBefore, which gives the focus to the safe button.',
  },
];

const wholeFiles =
  'Files of unknown size are read by src/core/files, which knows how much of them is held at most.';
const READ_WHOLE = '/^readFile(Sync)?$/';
const wholeFileRules = [
  `ImportDeclaration[source.value=/^(node:)?fs/] > ImportSpecifier[imported.name=${READ_WHOLE}]`,
  `MemberExpression[property.name=${READ_WHOLE}]`,
  `MemberExpression[computed=true] > Literal[value=${READ_WHOLE}]`,
  `ObjectPattern > Property[key.name=${READ_WHOLE}]`,
].map((selector) => ({ selector, message: wholeFiles }));

/** What is fixed at module level: numbers, texts, patterns, sets and lists of them. */
const FIXED =
  ':matches(Literal, TemplateLiteral, UnaryExpression, BinaryExpression[left.type="Literal"], ArrayExpression[elements.0.type="Literal"], NewExpression[callee.name=/^(Set|Map|RegExp)$/][arguments.length>0])';
const LOWER_CASE_CONSTANT =
  ':matches(Program, ExportNamedDeclaration) > VariableDeclaration[kind="const"] > VariableDeclarator[id.name=/[a-z]/]';
/** Names in one dialect. */
const namingRules = [
  {
    selector: `${LOWER_CASE_CONSTANT} > ${FIXED}.init, ${LOWER_CASE_CONSTANT} > TSAsExpression.init > ${FIXED}.expression`,
    message: 'A constant of a module is written in UPPER_CASE.',
  },
  {
    selector: 'CatchClause:not(CatchClause CatchClause) > Identifier.param[name!="error"]',
    message: 'What is caught is called error.',
  },
];

/** Windows and macOS let one path be written in several ways. */
const PATHS = '/^(fsPath|finalPath|inputPath|outputPath|shownPath)$/';
const pathRules = [
  {
    selector: `BinaryExpression[operator=/^[!=]==$/]:not(:has(> Literal)):not(:has(> Identifier[name="undefined"])) > MemberExpression[property.name=${PATHS}]`,
    message: 'Compare paths by samePath or isWithin of src/core/files/samePath.ts.',
  },
];

const errors = (...names) => Object.fromEntries(names.map((name) => [name, 'error']));

/** No matter what their types are. */
const PLAIN_RULES = errors(
  'no-var',
  'prefer-const',
  'prefer-rest-params',
  'prefer-spread',
  'typescript/ban-ts-comment',
  'no-array-constructor',
  'typescript/no-duplicate-enum-values',
  'typescript/no-explicit-any',
  'typescript/no-extra-non-null-assertion',
  'typescript/no-misused-new',
  'typescript/no-namespace',
  'typescript/no-non-null-asserted-optional-chain',
  'typescript/no-require-imports',
  'typescript/no-this-alias',
  'typescript/no-unnecessary-type-constraint',
  'typescript/no-unsafe-declaration-merging',
  'typescript/no-unsafe-function-type',
  'typescript/no-wrapper-object-types',
  'typescript/prefer-as-const',
  'typescript/prefer-namespace-keyword',
  'typescript/triple-slash-reference',
  'typescript/consistent-type-imports',
  'no-unused-expressions',
  'no-console',
  'eqeqeq',
  'import/no-cycle',
);

/** They need the types. */
const TYPED_RULES = {
  ...errors(
    'typescript/await-thenable',
    'typescript/no-array-delete',
    'typescript/no-base-to-string',
    'typescript/no-duplicate-type-constituents',
    'typescript/no-floating-promises',
    'typescript/no-for-in-array',
    'typescript/no-implied-eval',
    'typescript/no-misused-promises',
    'typescript/no-redundant-type-constituents',
    'typescript/no-unnecessary-type-assertion',
    'typescript/no-unsafe-argument',
    'typescript/no-unsafe-assignment',
    'typescript/no-unsafe-call',
    'typescript/no-unsafe-enum-comparison',
    'typescript/no-unsafe-member-access',
    'typescript/no-unsafe-return',
    'typescript/no-unsafe-unary-minus',
    'typescript/only-throw-error',
    'typescript/prefer-promise-reject-errors',
    'typescript/restrict-plus-operands',
    'typescript/unbound-method',
  ),
  'typescript/restrict-template-expressions': ['error', { allowNumber: true }],
  'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
};

/** Of scripts that no project of TypeScript holds. */
const WITHOUT_TYPES = Object.fromEntries(Object.keys(TYPED_RULES).map((name) => [name, 'off']));

const zone = (target, from, message) => ({ target, from, message });
/** Who may not import whom. */
const WALLS = [
  zone(['src/core'], ['src/vscode'], 'core knows no editor.'),
  zone(['src/core'], ['src/protocol'], 'core knows no messages.'),
  zone(
    ['src/core/backups'],
    ['src/core/jobs', 'src/core/catalog', 'src/core/connections'],
    'Backups are read from files alone.',
  ),
  zone(['src', 'test/support'], ['webview'], 'The host knows no page.'),
  zone(['webview'], ['src/vscode'], 'Pages know the protocol only.'),
  zone(
    ['webview'],
    ['connections', 'jobs', 'catalog', 'archive', 'backups'].map((room) => `src/core/${room}`),
    'Pages import browser-safe rooms only.',
  ),
  zone(['src', 'webview'], ['src/extension.ts'], 'Nothing imports the root.'),
  zone(['src', 'webview'], ['test'], 'Source knows no tests.'),
];

export default {
  plugins: ['typescript', 'import'],
  jsPlugins: ['./lintPlugin.mjs'],
  categories: { correctness: 'off' },
  options: { typeAware: true, maxWarnings: 0, reportUnusedDisableDirectives: 'error' },
  ignorePatterns: [
    'node_modules',
    'dist',
    'out',
    '.cache',
    '.vscode-test',
    'test/fixtures',
    'test-results',
  ],
  rules: {
    ...PLAIN_RULES,
    ...TYPED_RULES,
    // Options whose fields come from a table have a name of their own.
    'typescript/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
    'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    'house/walls': ['error', WALLS],
  },
  overrides: [
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
        ...refuse(...namingRules, ...wholeFileRules, ...pathRules),
      },
    },
    { files: ['src/core/**/*.ts'], rules: restrict(vscodeApi, toolkit) },
    {
      files: ['src/extension.ts', 'src/vscode/**/*.ts'],
      excludeFiles: ['src/vscode/ui/window.ts'],
      rules: refuse(
        ...namingRules,
        ...wholeFileRules,
        ...pathRules,
        ...literalTextRules,
        ...modalRules,
      ),
    },
    {
      // The one that asks, and one that asks nothing dangerous: whether an entry that fails is kept.
      files: ['src/vscode/ui/askBefore.ts', 'src/vscode/addConnection/addFlow.ts'],
      rules: refuse(...namingRules, ...wholeFileRules, ...pathRules, ...literalTextRules),
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
        ...refuse(...namingRules),
      },
    },
    { files: ['webview/shared/ui/**/*.ts'], rules: restrict(vscodeApi, node, nodePackages) },
    // Rows of tables are written with the tools' names, for short.
    { files: ['src/core/pgtools/catalogue/*.ts'], rules: { 'house/restricted-syntax': 'off' } },
    { files: ['test/**/*.ts', '**/*.mjs'], rules: { 'no-console': 'off' } },
    { files: ['**/*.mjs'], rules: WITHOUT_TYPES },
  ],
};
