import * as l10n from '@vscode/l10n';

interface TypeLook {
  icon: string;
  /** Of many. */
  plural: () => string;
}

/** In the order in which they are shown; PostgreSQL's own words are the keys. */
const looks: Record<string, TypeLook> = {
  DATABASE: { icon: 'database', plural: () => l10n.t('Databases') },
  SCHEMA: { icon: 'symbol-namespace', plural: () => l10n.t('Schemas') },
  EXTENSION: { icon: 'extensions', plural: () => l10n.t('Extensions') },
  ROLE: { icon: 'person', plural: () => l10n.t('Roles') },
  TABLESPACE: { icon: 'folder', plural: () => l10n.t('Tablespaces') },
  TABLE: { icon: 'table', plural: () => l10n.t('Tables') },
  'FOREIGN TABLE': { icon: 'link-external', plural: () => l10n.t('Foreign tables') },
  'TABLE DATA': { icon: 'database', plural: () => l10n.t('Table data') },
  VIEW: { icon: 'eye', plural: () => l10n.t('Views') },
  'MATERIALIZED VIEW': { icon: 'layers', plural: () => l10n.t('Materialized views') },
  'MATERIALIZED VIEW DATA': { icon: 'refresh', plural: () => l10n.t('Materialized view data') },
  FUNCTION: { icon: 'symbol-method', plural: () => l10n.t('Functions') },
  PROCEDURE: { icon: 'symbol-method', plural: () => l10n.t('Procedures') },
  AGGREGATE: { icon: 'symbol-method', plural: () => l10n.t('Aggregates') },
  TYPE: { icon: 'symbol-class', plural: () => l10n.t('Types') },
  DOMAIN: { icon: 'symbol-class', plural: () => l10n.t('Domains') },
  SEQUENCE: { icon: 'list-ordered', plural: () => l10n.t('Sequences') },
  'SEQUENCE OWNED BY': { icon: 'list-ordered', plural: () => l10n.t('Owners of sequences') },
  'SEQUENCE SET': { icon: 'list-ordered', plural: () => l10n.t('Values of sequences') },
  DEFAULT: { icon: 'symbol-constant', plural: () => l10n.t('Defaults') },
  CONSTRAINT: { icon: 'key', plural: () => l10n.t('Constraints') },
  'CHECK CONSTRAINT': { icon: 'key', plural: () => l10n.t('Check constraints') },
  'FK CONSTRAINT': { icon: 'references', plural: () => l10n.t('Foreign keys') },
  INDEX: { icon: 'list-tree', plural: () => l10n.t('Indexes') },
  'INDEX ATTACH': { icon: 'list-tree', plural: () => l10n.t('Attached indexes') },
  'TABLE ATTACH': { icon: 'table', plural: () => l10n.t('Attached partitions') },
  TRIGGER: { icon: 'zap', plural: () => l10n.t('Triggers') },
  'EVENT TRIGGER': { icon: 'zap', plural: () => l10n.t('Event triggers') },
  RULE: { icon: 'law', plural: () => l10n.t('Rules') },
  POLICY: { icon: 'shield', plural: () => l10n.t('Policies') },
  'ROW SECURITY': { icon: 'shield', plural: () => l10n.t('Row security') },
  STATISTICS: { icon: 'graph', plural: () => l10n.t('Extended statistics') },
  'STATISTICS DATA': { icon: 'graph', plural: () => l10n.t('Statistics') },
  PUBLICATION: { icon: 'broadcast', plural: () => l10n.t('Publications') },
  'PUBLICATION TABLE': { icon: 'broadcast', plural: () => l10n.t('Published tables') },
  SUBSCRIPTION: { icon: 'broadcast', plural: () => l10n.t('Subscriptions') },
  BLOB: { icon: 'file-binary', plural: () => l10n.t('Large objects') },
  BLOBS: { icon: 'file-binary', plural: () => l10n.t('Contents of large objects') },
  'BLOB METADATA': { icon: 'file-binary', plural: () => l10n.t('Large objects') },
  ACL: { icon: 'lock', plural: () => l10n.t('Privileges') },
  'DEFAULT ACL': { icon: 'lock', plural: () => l10n.t('Default privileges') },
  COMMENT: { icon: 'comment', plural: () => l10n.t('Comments') },
  'SECURITY LABEL': { icon: 'tag', plural: () => l10n.t('Security labels') },
};

const order = new Map(Object.keys(looks).map((desc, index) => [desc, index]));

export function typeOrder(desc: string): number {
  return order.get(desc) ?? order.size;
}

export function typeIcon(desc: string): string {
  return looks[desc]?.icon ?? 'symbol-misc';
}

/** What is not known keeps PostgreSQL's own word. */
export function typePlural(desc: string): string {
  return looks[desc]?.plural() ?? desc;
}

/** One of them, in running text: PostgreSQL's own word, but where it is an abbreviation. */
export function typeSingular(desc: string): string {
  switch (desc) {
    case 'FK CONSTRAINT':
      return l10n.t('foreign key');
    case 'ACL':
      return l10n.t('privileges');
    case 'DEFAULT ACL':
      return l10n.t('default privileges');
    case 'BLOB':
    case 'BLOB METADATA':
      return l10n.t('large object');
    case 'BLOBS':
      return l10n.t('contents of large objects');
    default:
      return desc.toLowerCase();
  }
}

/** So many of them, in running text. */
export function typeCounted(desc: string, count: number): string {
  return count === 1 ? typeSingular(desc) : typePlural(desc).toLocaleLowerCase();
}
