import { oneLine } from '../../../sql';

const NAME = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_\x80-\xff][\w$\x80-\xff]*)`;
const QUALIFIED = new RegExp(String.raw`(?<![\w$."])(${NAME})\.(${NAME})`, 'g');
/** Function bodies, and strings that are not names of relations: pg_dump finds no dependency there. */
const OPAQUE =
  /\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|'(?:[^']|'')*'(?!::(?:pg_catalog\.)?regclass)|--[^\n]*/g;

/** Unqualified names after the kind of their object. */
const OF_KIND = new RegExp(
  String.raw`\b(?:PUBLICATION|SERVER|FOREIGN DATA WRAPPER|LANGUAGE) (${NAME})`,
  'gi',
);

/** A name as in the catalog, with its schema ('' = none). */
export interface QualifiedName {
  schema: string;
  name: string;
}

/**
 * The qualified names in a statement, without duplicates. pg_dump qualifies all names outside of
 * `pg_catalog`.
 *
 * @param text one character for each byte
 */
export function qualifiedNames(text: string): QualifiedName[] {
  const found = new Map<string, QualifiedName>();
  const words = text.replace(OPAQUE, ' ');
  for (const [whole, name = ''] of words.matchAll(OF_KIND)) {
    found.set(whole, { schema: '', name: plain(name) });
  }
  for (const [whole, schema = '', name = ''] of words.matchAll(QUALIFIED)) {
    if (schema === 'pg_catalog' || found.has(whole)) continue;
    found.set(whole, { schema: plain(schema), name: plain(name) });
  }
  return [...found.values()];
}

function plain(name: string): string {
  const bytes = name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
  // The result is compared with names in pg_dump's comments, which are on one line.
  return oneLine(Buffer.from(bytes, 'latin1').toString('utf8'));
}
