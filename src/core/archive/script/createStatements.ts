/** Objects that CREATE statements create, by their words. */
import { MODIFIERS, OBJECT_KINDS, type Named } from './figures/objectWords';
import type { ScriptEntry } from './scriptTypes';

/** An entry that has no comment of pg_dump. */
export function newEntry(
  { desc, name, schema }: Named & { desc: string },
  start: number,
  end: number,
): ScriptEntry {
  return { tag: name, desc, schema, owner: '', database: -1, start, end, dataStart: 0, dataEnd: 0 };
}

/** The possibly qualified name that begins at a token. */
export function nameAt(tokens: readonly string[], at: number): Named | null {
  let i = at;
  while (tokens[i] === 'only' || tokens[i] === 'concurrently') i++;
  if (tokens[i] === 'if') i += tokens[i + 1] === 'not' ? 3 : 2;
  if (i <= 0 || tokens[i] === undefined || tokens[i] === '.') return null;
  const parts = [tokens[i]!];
  for (; tokens[i + 1] === '.' && tokens[i + 2] !== undefined; i += 2) parts.push(tokens[i + 2]!);
  // A database name may precede the schema.
  const [name = '', schema] = parts.reverse().map(unquote);
  return { schema: schema ?? null, name };
}

/** The object that a CREATE statement creates; null for kinds that have no entries. */
export function createdObject(
  tokens: readonly string[],
): (Named & { desc: string; on: Named | null }) | null {
  let at = 1;
  while (at < tokens.length && MODIFIERS.has(tokens[at]!)) at++;
  let word = tokens[at] ?? '';
  let desc = OBJECT_KINDS.get(word);
  if (word === 'foreign' && tokens[at + 1] === 'table') {
    word = tokens[++at]!;
    desc = 'FOREIGN TABLE';
  }
  if (word === 'user' && tokens[at + 1] === 'mapping') return null;
  if (desc === undefined) return null;
  if (desc === 'VIEW' && tokens.includes('materialized')) desc = 'MATERIALIZED VIEW';
  const named = nameAt(tokens, at + 1);
  if (named === null) return null;
  const attached = desc === 'INDEX' || desc === 'TRIGGER' || desc === 'POLICY';
  const on = attached ? nameAt(tokens, tokens.indexOf('on', at + 2) + 1) : null;
  // As in pg_dump's tags, the name of a trigger, rule or policy follows its table's.
  const name = on !== null && desc !== 'INDEX' ? `${on.name} ${named.name}` : named.name;
  return { schema: named.schema, name, desc, on };
}

/** The other relation or index in pg_dump's statement for an entry of this type. */
export function usedBy(desc: string, tokens: readonly string[]): Named | null {
  switch (desc) {
    case 'FK CONSTRAINT':
      return nameAt(tokens, tokens.indexOf('references') + 1);
    case 'SEQUENCE OWNED BY':
      return tokens[1] === 'sequence' ? tableOfColumn(tokens, tokens.indexOf('by') + 1) : null;
    case 'TABLE':
      // Up to 13 pg_dump attaches a partition directly after creating it.
      return tokens[1] === 'table' && tokens.includes('attach') ? nameAt(tokens, 2) : null;
    case 'TABLE ATTACH':
      return tokens[1] === 'table' ? nameAt(tokens, 2) : null;
    case 'INDEX ATTACH':
      return tokens[1] === 'index' ? nameAt(tokens, 2) : null;
    case 'SEQUENCE':
      // The sequence of an identity column.
      return tokens[1] === 'table' && tokens.includes('generated') ? nameAt(tokens, 2) : null;
    case 'STATISTICS':
      return tokens[0] === 'create' ? nameAt(tokens, tokens.lastIndexOf('from') + 1) : null;
    default:
      return null;
  }
}

/** The table in a qualified column name that begins at token `i`. */
function tableOfColumn(tokens: readonly string[], i: number): Named | null {
  let end = i + 1;
  while (tokens[end] === '.' && tokens[end + 1] !== undefined) end += 2;
  return nameAt(tokens.slice(0, end - 2), i);
}

/** The name or string behind its quotes, as in the catalog. */
export function unquote(token: string): string {
  const quote = token[0];
  if (quote !== '"' && quote !== "'") return token;
  return token.slice(1, -1).replaceAll(quote + quote, quote);
}
