import { unquote } from '../createStatements';
import { LEFT_OUT, type StatementRule } from './scriptStatement';

/** Words after SET that are not names of settings. */
const SYNTAX = new Set(
  'authorization characteristics constraints names role schema time transaction xml'.split(' '),
);

/**
 * The setting that a statement sets or resets, in lower case. null = none, or an extension's setting
 * (with a dot), which every server accepts.
 */
export function settingOf(tokens: readonly string[]): string | null {
  const [first] = tokens;
  if (first === 'select') return configured(tokens);
  if (first !== 'set' && first !== 'reset') return null;
  const scoped = tokens[1] === 'session' || tokens[1] === 'local';
  const at = scoped ? 2 : 1;
  const name = tokens[at] ?? '';
  if (name === '' || name === 'all' || SYNTAX.has(name) || tokens[at + 1] === '.') return null;
  return unquote(name).toLowerCase();
}

/** The setting in a plain `SELECT pg_catalog.set_config('name', 'value', false)`. */
function configured(tokens: readonly string[]): string | null {
  const at = tokens[1] === 'pg_catalog' && tokens[2] === '.' ? 3 : 1;
  const name = tokens[at + 1] ?? '';
  if (tokens[at] !== 'set_config' || tokens.length > at + 4 || !name.startsWith("'")) return null;
  const setting = unquote(name).toLowerCase();
  return setting.includes('.') || setting === '' ? null : setting;
}

/** Leaves out statements for settings that the target server does not know. */
export function withoutSettings(isUnknown: (name: string) => boolean): StatementRule {
  return ({ tokens }) => {
    const setting = settingOf(tokens);
    return setting !== null && isUnknown(setting) ? LEFT_OUT : null;
  };
}
