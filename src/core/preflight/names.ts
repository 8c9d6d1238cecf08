import type { TableRef } from '../model/options';

/** `schema.name`, as sentences and remedies name it. */
export function qualified({ schema, name }: TableRef): string {
  return schema === '' ? name : `${schema}.${name}`;
}

/** A large object as sentences name it: PostgreSQL's own words. */
export function largeObjectName(oid: number): string {
  return `LARGE OBJECT ${oid}`;
}
