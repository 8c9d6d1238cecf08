import { isRelation } from '../../model/entryTypes';
import type { RestoreOptions, TableRef } from '../../model/options';
import type { ArchiveDocument } from './documentTypes';

/** Options that say which part of a file is restored. */
export type FilePart = Partial<
  Pick<RestoreOptions, 'dumpIds' | 'schemas' | 'tables' | 'databases'>
>;

/**
 * The part of a file that chosen entries stand for: those of an archive by their numbers; of a script
 * of one database the tables and schemas that they are or belong to; of one of pg_dumpall their
 * databases. Nothing, where no such part is among them.
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
