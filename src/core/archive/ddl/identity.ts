import { attachmentsOf } from '../document/attachments';
import type { ArchiveDocument } from '../document/documentTypes';
import { isData } from './entryDdl';
import { oneLine } from '../../sql';
import type { CooperativeLoop } from '../../cooperativeLoop';
import { entryType, isAboutObject } from '../../model/entryTypes';

/** Order of types in a normalised schema; all other types follow, sorted by name. */
const TYPE_ORDER = [
  'ROLE',
  'TABLESPACE',
  'DATABASE',
  'SCHEMA',
  'EXTENSION',
  'PROCEDURAL LANGUAGE',
  'COLLATION',
  'TYPE',
  'SHELL TYPE',
  'DOMAIN',
  'FUNCTION',
  'PROCEDURE',
  'AGGREGATE',
  'OPERATOR',
  'FOREIGN DATA WRAPPER',
  'SERVER',
  'SEQUENCE',
  'TABLE',
  'FOREIGN TABLE',
  'VIEW',
  'MATERIALIZED VIEW',
  'SEQUENCE OWNED BY',
  'TABLE ATTACH',
  'DEFAULT',
  'CHECK CONSTRAINT',
  'CONSTRAINT',
  'INDEX',
  'INDEX ATTACH',
  'STATISTICS',
  'FK CONSTRAINT',
  'RULE',
  'TRIGGER',
  'ROW SECURITY',
  'POLICY',
];
const RANKS: ReadonlyMap<string, string> = new Map(
  TYPE_ORDER.map((type, i) => [type, String(i).padStart(2, '0')]),
);

export interface IdentityOptions {
  /** Include privileges? Default true. */
  privileges?: boolean | undefined;
}

/** An entry, with the key by which the same object is found in another dump. */
export interface Identified {
  id: number;
  /** Sorting by it gives the order database, schema, type, name. */
  key: string;
}

/**
 * The objects of a dump with their identities: type, schema and tag. (The tag includes the table where
 * names are unique within a table only.) Data and the database itself are left out. An entry that
 * attaches a partition belongs to the partition.
 */
export async function identities(
  document: ArchiveDocument,
  options: IdentityOptions,
  loop: CooperativeLoop,
): Promise<Identified[]> {
  const found: Identified[] = [];
  const seen = new Map<string, number>();
  const attachments = await attachmentsOf(document, loop);
  for (let id = 0; id < document.count; id++) {
    if (loop.shouldYield) await loop.yield();
    if (attachments.entries.has(id) || !isObject(document, id, options)) continue;
    const base = identityOf(document, id);
    // A script can contain the same object twice.
    const before = seen.get(base) ?? 0;
    seen.set(base, before + 1);
    found.push({ id, key: before === 0 ? base : `${base}\0${before}` });
  }
  return found;
}

function isObject(document: ArchiveDocument, id: number, options: IdentityOptions): boolean {
  const desc = document.desc(id);
  if (options.privileges === false && entryType(desc).class === 'privileges') return false;
  if (isData(document, id)) return false;
  if (document.header.cluster) return true;
  // Archives hide these entries; only scripts of `pg_dump --create` show them.
  if (entryType(desc).class === 'database') return false;
  const attribute = isAboutObject(desc);
  return !attribute || !document.names(id).tag.startsWith('DATABASE ');
}

function identityOf(document: ArchiveDocument, id: number): string {
  const { desc, schema, tag, owner, database } = document.names(id);
  const where = document.header.cluster ? (document.databases[database] ?? '') : '';
  // In a script's comments a name is on one line. Default privileges are identified by their role.
  const name = oneLine(tag);
  const whose = desc === 'DEFAULT ACL' ? `\0${owner}` : '';
  const rank = RANKS.get(desc) ?? '99';
  return `${oneLine(where)}\0${oneLine(schema ?? '')}\0${rank}${desc}\0${name}${whose}`;
}

/** Sorts in slices, because sorting 200,000 keys at once blocks the event loop for too long. */
export async function sortByKey(
  items: readonly Identified[],
  loop: CooperativeLoop,
): Promise<Identified[]> {
  const run = 2048;
  const byKey = (a: Identified, b: Identified): number =>
    a.key < b.key ? -1 : a.key > b.key ? 1 : a.id - b.id;
  let from: Identified[] = [];
  for (let at = 0; at < items.length; at += run) {
    for (const item of items.slice(at, at + run).sort(byKey)) from.push(item);
    await loop.yield();
  }
  for (let width = run; width < items.length; width *= 2) {
    const to: Identified[] = [];
    for (let at = 0; at < from.length; at += 2 * width) {
      const middle = Math.min(at + width, from.length);
      const end = Math.min(at + 2 * width, from.length);
      for (let a = at, b = middle; a < middle || b < end;) {
        const left = b >= end || (a < middle && byKey(from[a]!, from[b]!) <= 0);
        to.push(from[left ? a++ : b++]!);
        if (loop.shouldYield) await loop.yield();
      }
    }
    from = to;
  }
  return from;
}
