// Lint rules of this house that no linter brings: forms of code that are refused, and the walls
// between rooms. A plugin of oxlint, which reads them from oxlint.config.mjs.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.dirname(fileURLToPath(import.meta.url));

/** Refuses what a selector finds: `[{ selector, message }, ...]`. */
const restrictedSyntax = {
  meta: { type: 'problem', schema: false },
  create(context) {
    const [rules] = context.options;
    return Object.fromEntries(
      rules.map(({ selector, message }) => [selector, (node) => context.report({ node, message })]),
    );
  },
};

/** Whether the file is the place, or lies in it; both from the root. */
function isIn(file, place) {
  return file === place || file.startsWith(`${place}/`);
}

/** From the root, with `/`. A file outside of the root begins with `..`. */
function fromRoot(file) {
  return path.relative(ROOT, file).split(path.sep).join('/');
}

/**
 * Refuses imports through a wall, of types as well: `[{ target, from, message }, ...]`, where files in
 * `target` may not import anything in `from`. Both are lists of folders and files, from the root.
 */
const walls = {
  meta: { type: 'problem', schema: false },
  create(context) {
    const file = fromRoot(context.filename);
    const [zones] = context.options;
    const mine = zones.filter(({ target }) => target.some((place) => isIn(file, place)));
    if (mine.length === 0) return {};
    const check = (source) => {
      if (source?.type !== 'Literal' || !/^\.{1,2}(\/|$)/.test(String(source.value))) return;
      const imported = fromRoot(path.resolve(path.dirname(context.filename), source.value));
      const names = [imported, `${imported}.ts`, imported.replace(/\.js$/, '.ts')];
      for (const { from, message } of mine) {
        if (from.some((place) => names.some((name) => isIn(name, place)))) {
          context.report({ node: source, message });
        }
      }
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      TSImportType: (node) => check(node.source),
      TSExternalModuleReference: (node) => check(node.expression),
      'CallExpression[callee.name="require"]': (node) => check(node.arguments[0]),
    };
  },
};

export default {
  meta: { name: 'house' },
  rules: { 'restricted-syntax': restrictedSyntax, walls },
};
