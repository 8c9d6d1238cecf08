/** The words of CREATE statements. */

/** Objects that lie in a schema. */
export const IN_SCHEMAS = new Set([
  'TABLE',
  'FOREIGN TABLE',
  'VIEW',
  'MATERIALIZED VIEW',
  'SEQUENCE',
  'FUNCTION',
  'PROCEDURE',
  'AGGREGATE',
  'TYPE',
  'DOMAIN',
  'COLLATION',
]);

/** Kinds of objects by the word of their CREATE statement. */
export const OBJECT_KINDS: ReadonlyMap<string, string> = new Map([
  ...[...IN_SCHEMAS]
    .filter((kind) => !kind.includes(' '))
    .map((k) => [k.toLowerCase(), k] as const),
  ['schema', 'SCHEMA'],
  ['extension', 'EXTENSION'],
  ['index', 'INDEX'],
  ['trigger', 'TRIGGER'],
  ['rule', 'RULE'],
  ['policy', 'POLICY'],
  ['role', 'ROLE'],
  ['user', 'ROLE'],
  ['group', 'ROLE'],
  ['tablespace', 'TABLESPACE'],
  ['database', 'DATABASE'],
  ['server', 'SERVER'],
  ['publication', 'PUBLICATION'],
  ['subscription', 'SUBSCRIPTION'],
]);

export interface Named {
  schema: string | null;
  name: string;
}

/** Words between CREATE (ALTER, DROP) and the kind of the object. */
export const MODIFIERS = new Set([
  'or',
  'replace',
  'unique',
  'temp',
  'temporary',
  'unlogged',
  'materialized',
  'global',
  'local',
  'recursive',
  'trusted',
  'procedural',
  'constraint',
  'default',
]);
