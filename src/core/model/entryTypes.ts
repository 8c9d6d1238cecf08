import * as l10n from '@vscode/l10n';
import type { Section } from './archive';

/**
 * What the types of TOC entries are, as one table: PostgreSQL's own words (`desc` in the archive) are
 * the keys. A type of a newer PostgreSQL is one more row; until then it counts as `UNKNOWN`.
 */
export interface EntryType {
  readonly class: EntryClass;
  /**
   * What ALTER … OWNER TO names: the tag, or the name with its arguments as the DROP statement has
   * it; absent = the type has no owner (`_getObjectDescription` in pg_restore's source).
   */
  readonly ownerTarget?: 'name' | 'dropStatement';
  /**
   * Section in which pg_dump writes it into a script, which does not record it; default `preData`.
   */
  readonly section?: Section;
  /** It belongs to a relation that is among its dependencies, see `relationOf`. */
  readonly partOfRelation?: true;
  /**
   * What its tag says: the name of the relation that it belongs to, that name with its own behind a
   * blank, or type and name of the object it is about; absent = its own name.
   */
  readonly tag?: 'relation' | 'relationAndName' | 'object';
  /** It says something about another entry, which is among its dependencies. */
  readonly describesAnother?: true;
  /** Its time grows with the rows of a table. */
  readonly costly?: true;
  readonly buildsIndex?: true;
  /** pg_restore takes it in its last pass, behind privileges. */
  readonly restoredLast?: true;
  /** Name of a codicon. */
  readonly icon?: string;
  /** Many of them, as a heading. */
  readonly plural?: () => string;
  /** One of them, in running text, where PostgreSQL's word is an abbreviation. */
  readonly singular?: () => string;
}

export type EntryClass =
  | 'relation'
  | 'routine'
  | 'type'
  | 'index'
  | 'constraint'
  /** Attaches a partition, or its index, to the parent's. */
  | 'attachment'
  | 'largeObject'
  | 'privileges'
  | 'database'
  /** pg_restore handles it by itself and never lists it (`_tocEntryRequired` in its source). */
  | 'setting'
  | 'other';

/** In the order in which they are shown. */
const ENTRY_TYPES: Readonly<Record<string, Omit<EntryType, 'class'> & { class?: EntryClass }>> = {
  DATABASE: {
    class: 'database',
    ownerTarget: 'name',
    icon: 'database',
    plural: () => l10n.t('Databases'),
  },
  SCHEMA: { ownerTarget: 'name', icon: 'symbol-namespace', plural: () => l10n.t('Schemas') },
  EXTENSION: { icon: 'extensions', plural: () => l10n.t('Extensions') },
  ROLE: { icon: 'person', plural: () => l10n.t('Roles') },
  TABLESPACE: { icon: 'folder', plural: () => l10n.t('Tablespaces') },
  TABLE: { class: 'relation', ownerTarget: 'name', icon: 'table', plural: () => l10n.t('Tables') },
  'FOREIGN TABLE': {
    class: 'relation',
    ownerTarget: 'name',
    icon: 'link-external',
    plural: () => l10n.t('Foreign tables'),
  },
  'TABLE DATA': {
    section: 'data',
    partOfRelation: true,
    tag: 'relation',
    costly: true,
    icon: 'database',
    plural: () => l10n.t('Table data'),
  },
  VIEW: { class: 'relation', ownerTarget: 'name', icon: 'eye', plural: () => l10n.t('Views') },
  'MATERIALIZED VIEW': {
    class: 'relation',
    ownerTarget: 'name',
    icon: 'layers',
    plural: () => l10n.t('Materialized views'),
  },
  'MATERIALIZED VIEW DATA': {
    section: 'postData',
    tag: 'relation',
    describesAnother: true,
    costly: true,
    restoredLast: true,
    icon: 'refresh',
    plural: () => l10n.t('Materialized view data'),
  },
  FUNCTION: {
    class: 'routine',
    ownerTarget: 'dropStatement',
    icon: 'symbol-method',
    plural: () => l10n.t('Functions'),
  },
  PROCEDURE: {
    class: 'routine',
    ownerTarget: 'dropStatement',
    icon: 'symbol-method',
    plural: () => l10n.t('Procedures'),
  },
  AGGREGATE: {
    class: 'routine',
    ownerTarget: 'dropStatement',
    icon: 'symbol-method',
    plural: () => l10n.t('Aggregates'),
  },
  TYPE: { class: 'type', ownerTarget: 'name', icon: 'symbol-class', plural: () => l10n.t('Types') },
  DOMAIN: {
    class: 'type',
    ownerTarget: 'name',
    icon: 'symbol-class',
    plural: () => l10n.t('Domains'),
  },
  SEQUENCE: {
    class: 'relation',
    ownerTarget: 'name',
    partOfRelation: true,
    icon: 'list-ordered',
    plural: () => l10n.t('Sequences'),
  },
  'SEQUENCE OWNED BY': {
    tag: 'relation',
    describesAnother: true,
    icon: 'list-ordered',
    plural: () => l10n.t('Owners of sequences'),
  },
  'SEQUENCE SET': {
    section: 'data',
    tag: 'relation',
    describesAnother: true,
    icon: 'list-ordered',
    plural: () => l10n.t('Values of sequences'),
  },
  DEFAULT: {
    partOfRelation: true,
    tag: 'relationAndName',
    icon: 'symbol-constant',
    plural: () => l10n.t('Defaults'),
  },
  CONSTRAINT: {
    class: 'constraint',
    section: 'postData',
    partOfRelation: true,
    tag: 'relationAndName',
    costly: true,
    buildsIndex: true,
    icon: 'key',
    plural: () => l10n.t('Constraints'),
  },
  'CHECK CONSTRAINT': {
    class: 'constraint',
    partOfRelation: true,
    tag: 'relationAndName',
    icon: 'key',
    plural: () => l10n.t('Check constraints'),
  },
  'FK CONSTRAINT': {
    class: 'constraint',
    section: 'postData',
    partOfRelation: true,
    tag: 'relationAndName',
    costly: true,
    icon: 'references',
    plural: () => l10n.t('Foreign keys'),
    singular: () => l10n.t('foreign key'),
  },
  INDEX: {
    class: 'index',
    section: 'postData',
    partOfRelation: true,
    costly: true,
    buildsIndex: true,
    icon: 'list-tree',
    plural: () => l10n.t('Indexes'),
  },
  'INDEX ATTACH': {
    class: 'attachment',
    section: 'postData',
    describesAnother: true,
    icon: 'list-tree',
    plural: () => l10n.t('Attached indexes'),
  },
  'TABLE ATTACH': {
    class: 'attachment',
    tag: 'relation',
    describesAnother: true,
    icon: 'table',
    plural: () => l10n.t('Attached partitions'),
  },
  TRIGGER: {
    section: 'postData',
    partOfRelation: true,
    tag: 'relationAndName',
    icon: 'zap',
    plural: () => l10n.t('Triggers'),
  },
  'EVENT TRIGGER': {
    ownerTarget: 'name',
    section: 'postData',
    restoredLast: true,
    icon: 'zap',
    plural: () => l10n.t('Event triggers'),
  },
  RULE: {
    section: 'postData',
    partOfRelation: true,
    tag: 'relationAndName',
    icon: 'law',
    plural: () => l10n.t('Rules'),
  },
  POLICY: {
    section: 'postData',
    partOfRelation: true,
    tag: 'relationAndName',
    icon: 'shield',
    plural: () => l10n.t('Policies'),
  },
  'ROW SECURITY': {
    section: 'postData',
    partOfRelation: true,
    tag: 'relation',
    icon: 'shield',
    plural: () => l10n.t('Row security'),
  },
  STATISTICS: {
    ownerTarget: 'name',
    section: 'postData',
    partOfRelation: true,
    icon: 'graph',
    plural: () => l10n.t('Extended statistics'),
  },
  'STATISTICS DATA': {
    section: 'data',
    describesAnother: true,
    icon: 'graph',
    plural: () => l10n.t('Statistics'),
  },
  PUBLICATION: {
    ownerTarget: 'name',
    section: 'postData',
    icon: 'broadcast',
    plural: () => l10n.t('Publications'),
  },
  'PUBLICATION TABLE': {
    section: 'postData',
    partOfRelation: true,
    icon: 'broadcast',
    plural: () => l10n.t('Published tables'),
  },
  SUBSCRIPTION: {
    ownerTarget: 'name',
    section: 'postData',
    icon: 'broadcast',
    plural: () => l10n.t('Subscriptions'),
  },
  BLOB: {
    class: 'largeObject',
    section: 'data',
    icon: 'file-binary',
    plural: () => l10n.t('Large objects'),
    singular: () => l10n.t('large object'),
  },
  BLOBS: {
    class: 'largeObject',
    section: 'data',
    describesAnother: true,
    costly: true,
    icon: 'file-binary',
    plural: () => l10n.t('Contents of large objects'),
    singular: () => l10n.t('contents of large objects'),
  },
  'BLOB METADATA': {
    class: 'largeObject',
    section: 'data',
    icon: 'file-binary',
    plural: () => l10n.t('Large objects'),
    singular: () => l10n.t('large object'),
  },
  ACL: {
    class: 'privileges',
    section: 'none',
    tag: 'object',
    describesAnother: true,
    icon: 'lock',
    plural: () => l10n.t('Privileges'),
    singular: () => l10n.t('privileges'),
  },
  'DEFAULT ACL': {
    class: 'privileges',
    section: 'postData',
    icon: 'lock',
    plural: () => l10n.t('Default privileges'),
    singular: () => l10n.t('default privileges'),
  },
  COMMENT: {
    section: 'none',
    tag: 'object',
    describesAnother: true,
    icon: 'comment',
    plural: () => l10n.t('Comments'),
  },
  'SECURITY LABEL': {
    section: 'none',
    tag: 'object',
    describesAnother: true,
    icon: 'tag',
    plural: () => l10n.t('Security labels'),
  },
  'SHELL TYPE': { class: 'type' },
  'ACL LANGUAGE': { class: 'privileges' },
  'DATABASE PROPERTIES': { class: 'database' },
  ENCODING: { class: 'setting' },
  STDSTRINGS: { class: 'setting' },
  SEARCHPATH: { class: 'setting' },
  COLLATION: { ownerTarget: 'name' },
  CONVERSION: { ownerTarget: 'name' },
  'TEXT SEARCH DICTIONARY': { ownerTarget: 'name' },
  'TEXT SEARCH CONFIGURATION': { ownerTarget: 'name' },
  'PROCEDURAL LANGUAGE': { ownerTarget: 'name' },
  'FOREIGN DATA WRAPPER': { ownerTarget: 'name' },
  SERVER: { ownerTarget: 'name' },
  OPERATOR: { ownerTarget: 'dropStatement' },
  'OPERATOR CLASS': { ownerTarget: 'dropStatement' },
  'OPERATOR FAMILY': { ownerTarget: 'dropStatement' },
};

const UNKNOWN: EntryType = { class: 'other' };

const KNOWN: ReadonlyMap<string, EntryType> = new Map(
  Object.entries(ENTRY_TYPES).map(([desc, row]) => [desc, { ...row, class: row.class ?? 'other' }]),
);

const ORDER = new Map([...KNOWN.keys()].map((desc, index) => [desc, index]));

/** Row for unknown types. */
export function entryType(desc: string): EntryType {
  return KNOWN.get(desc) ?? UNKNOWN;
}

/** All types of a class, in the order in which they are shown. */
export function typesOfClass(wanted: EntryClass): string[] {
  return [...KNOWN].filter(([, type]) => type.class === wanted).map(([desc]) => desc);
}

/** Is the type a relation, which can have rows, indexes or privileges on columns? */
export function isRelation(desc: string): boolean {
  return entryType(desc).class === 'relation';
}

/** A comment, privileges or a security label: its tag says what it is about. */
export function isAboutObject(desc: string): boolean {
  return entryType(desc).tag === 'object';
}

/** Place among all types where they are listed; unknown ones are the last. */
export function typeOrder(desc: string): number {
  return ORDER.get(desc) ?? ORDER.size;
}

export function typeIcon(desc: string): string {
  return entryType(desc).icon ?? 'symbol-misc';
}

/** Unknown types keep PostgreSQL's own name. */
export function typePlural(desc: string): string {
  return entryType(desc).plural?.() ?? desc;
}

/** One of them, in running text. */
export function typeSingular(desc: string): string {
  return entryType(desc).singular?.() ?? desc.toLowerCase();
}

/** The type's word for `count` entries, within a sentence. */
export function typeCounted(desc: string, count: number): string {
  return count === 1 ? typeSingular(desc) : typePlural(desc).toLocaleLowerCase();
}
