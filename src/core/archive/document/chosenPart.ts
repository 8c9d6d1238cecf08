import { isRelation } from '../../model/entryTypes';
import type { RestoreOptions, TableRef } from '../../model/options';
import type { ArchiveDocument } from './documentTypes';

/** The restore options that select a part of a file. */
export type FilePart = Partial<
  Pick<RestoreOptions, 'dumpIds' | 'schemas' | 'tables' | 'databases'>
>;

/**
 * Turns chosen entries into restore options: for an archive, their dump ids; for a script of one
 * database, the tables and schemas that they are or belong to; for a pg_dumpall script, their
 * databases. Empty if the entries give none of these.
 */
export function chosenPart(document: ArchiveDocument, ids: readonly number[]): FilePart {
  if (document.toc !== null) {
    return { dumpIds: ids.flatMap((id) => document.entryAt(id).dumpId ?? []) };
  }
  if (document.scan?.cluster === true) {
    const names = new Set(ids.map((id) => document.names(id).database));
    const databases = document.databases.filter((_, i) => names.has(i));
    return { databases: databases.map((name) => ({ name, target: name })) };
  }
  const schemas = new Set<string>();
  const tables = new Map<string, TableRef>();
  for (const id of ids) {
    for (let at: number | null = id; at !== null; at = document.entryAt(at).parentId) {
      const { desc, schema, tag } = document.names(at);
      if (desc === 'SCHEMA') schemas.add(tag);
      if (!isRelation(desc)) continue;
      tables.set(JSON.stringify([schema, tag]), { schema: schema ?? '', name: tag });
      break;
    }
  }
  return {
    ...(schemas.size > 0 ? { schemas: [...schemas] } : {}),
    ...(tables.size > 0 ? { tables: [...tables.values()] } : {}),
  };
}
