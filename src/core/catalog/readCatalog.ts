import type { LibpqConnection } from '../connections/libpq';
import { entryLoop, type CooperativeLoop } from '../cooperativeLoop';
import { AppError } from '../errors';
import { decodeAnswer, sqlStateOf, type QueryOptions } from './psql';
import { eachRecord } from './records';
import { listOf, number, object, orNull, text, tuple, type Read } from '../shapes';
import type { CatalogRelation, DatabaseCatalog, RelationKind, ServerInfo } from '../model/catalog';
import type { TableRef } from '../model/optionValues';

/** SQLSTATE `lock_not_available`. */
const LOCK_NOT_AVAILABLE = '55P03';

const KINDS: ReadonlyMap<string, RelationKind> = new Map([
  ['r', 'table'],
  ['p', 'partitionedTable'],
  ['v', 'view'],
  ['m', 'materializedView'],
  ['f', 'foreignTable'],
  ['S', 'sequence'],
]);

/** Records are arrays that refer to each other by oid: with 20,000 tables that saves megabytes. */
const oid = number;
const relation = tuple(
  oid,
  oid,
  text,
  text,
  number,
  orNull(number),
  orNull(oid),
  orNull(text),
  orNull(oid),
);
const reference = tuple(oid, oid);
/** What there is of everything else. */
const head = object({
  database: text,
  schemas: orNull(listOf(tuple(oid, text, orNull(text)))),
  extensions: orNull(listOf(tuple(text, text, text))),
  largeObjects: number,
  databaseObjects: number,
});

/** Objects of the system have smaller oids (`FirstNormalObjectId` in access/transam.h). */
const FIRST_USER_OID = 16_384;

/** Pairs of a foreign key's table or a view, and the relation that it refers to. */
const REFERENCES = `
    SELECT 2, NULL, NULL, json_build_array(r.dependent::int8, r.needed::int8)
    FROM (
      SELECT conrelid AS dependent, confrelid AS needed FROM pg_constraint WHERE contype = 'f'
      UNION
      SELECT w.ev_class, d.refobjid
      FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid
      WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
    ) r
    WHERE r.dependent <> r.needed AND r.needed >= ${FIRST_USER_OID}`;

/**
 * The one query, for servers 9.6 and later, whose records come in the order of their parts:
 * {@link head}, relations by their names, references. `search_path` is empty, so unqualified names are
 * those of `pg_catalog`.
 *
 * Sizes are `pg_table_size` (heap, TOAST, maps). That function opens the table, so it would wait
 * behind an ALTER TABLE: tables with an exclusive lock, held or requested, get the size of their last VACUUM
 * or ANALYZE instead (`relpages`). So do all tables when `exactSizes` is false.
 */
function catalogSql(versionNumber: number, exactSizes: boolean): string {
  const hasPartitions = versionNumber >= 100000;
  // A table that was never analysed has 0 pages and 0 rows until 13, and -1 rows since 14.
  const neverAnalysed = versionNumber >= 140000 ? 'c.reltuples < 0' : 'c.relpages = 0';
  return `
WITH schemas AS (
  SELECT oid, nspname FROM pg_namespace
  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
), members AS (
  SELECT d.classid, d.objid, min(e.extname::text) AS extension
  FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
  WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
    AND d.classid IN ('pg_class'::regclass, 'pg_namespace'::regclass)
  GROUP BY 1, 2
), locks AS (
  SELECT DISTINCT relation FROM pg_locks
  WHERE mode = 'AccessExclusiveLock' AND relation IS NOT NULL
), owners AS (
  SELECT d.objid, min(d.refobjid::int8) AS owner
  FROM pg_depend d
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
    AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  GROUP BY 1
), parents AS (
  SELECT i.inhrelid, min(i.inhparent::int8) AS parent
  FROM pg_inherits i ${
    hasPartitions ? 'JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition' : 'WHERE false'
  }
  GROUP BY 1
)
SELECT record FROM (SELECT 0 AS part, NULL::name AS schema, NULL::name AS name, json_build_object(
  'database', current_database(),
  'schemas', (
    SELECT json_agg(json_build_array(n.oid::int8, n.nspname, m.extension) ORDER BY n.nspname)
    FROM schemas n
    LEFT JOIN members m ON m.classid = 'pg_namespace'::regclass AND m.objid = n.oid),
  'extensions', (
    SELECT json_agg(json_build_array(e.extname, n.nspname, e.extversion) ORDER BY e.extname)
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace),
  'largeObjects', (SELECT count(*) FROM pg_largeobject_metadata),
  'databaseObjects', ${databaseObjectsSql(hasPartitions)}) AS record
  UNION ALL
    SELECT 1, n.nspname, c.relname, json_build_array(
      c.oid::int8, c.relnamespace::int8, c.relname, c.relkind, ${bytesSql(exactSizes)},
      CASE WHEN c.relkind IN ('v', 'S') OR ${neverAnalysed} THEN NULL ELSE c.reltuples::int8 END,
      p.parent, m.extension, CASE WHEN c.relkind = 'S' THEN o.owner END)
    FROM pg_class c
    JOIN schemas n ON n.oid = c.relnamespace
    LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
    LEFT JOIN members m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
    LEFT JOIN locks l ON l.relation = c.oid
    LEFT JOIN owners o ON o.objid = c.oid
    LEFT JOIN parents p ON p.inhrelid = c.oid
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
  UNION ALL ${REFERENCES}) records
ORDER BY part, schema, name`;
}

/** SQL for the bytes of relation `c` with its TOAST table `t`, given its lock `l`. */
function bytesSql(exactSizes: boolean): string {
  const estimate = `(c.relpages + coalesce(t.relpages, 0))::int8
        * current_setting('block_size')::int8`;
  return exactSizes
    ? `CASE WHEN c.relkind IN ('r', 'm') AND l.relation IS NULL
        THEN coalesce(pg_table_size(c.oid), 0) ELSE ${estimate} END`
    : estimate;
}

/** SQL for the number of objects outside of schemas: event triggers, publications, subscriptions. */
function databaseObjectsSql(hasPublications: boolean): string {
  const notOfExtension = (catalog: string): string =>
    `(SELECT count(*) FROM ${catalog} x WHERE NOT EXISTS (SELECT 1 FROM pg_depend d
      WHERE d.classid = '${catalog}'::regclass AND d.objid = x.oid AND d.deptype = 'e'))`;
  const eventTriggers = notOfExtension('pg_event_trigger');
  if (!hasPublications) return eventTriggers;
  // Until 13 only superusers may read `pg_subscription.oid`, so subscriptions are counted without it.
  const subscriptions = `(SELECT count(*) FROM pg_subscription WHERE subdbid =
        (SELECT oid FROM pg_database WHERE datname = current_database()))`;
  return [eventTriggers, notOfExtension('pg_publication'), subscriptions].join('\n    + ');
}

/**
 * Reads what can be backed up in the connection's database, in turns. Locks none of the users'
 * objects.
 *
 * @param server the server of this connection: catalogs differ between versions
 * @throws AppError as `runQuery`
 */
export async function readCatalog(
  psql: string,
  connection: LibpqConnection,
  server: Pick<ServerInfo, 'versionNumber'>,
  options: QueryOptions,
): Promise<DatabaseCatalog> {
  const read = async (exactSizes: boolean): Promise<CatalogRecords> => {
    const records = new CatalogRecords();
    const sql = catalogSql(server.versionNumber, exactSizes);
    await eachRecord(psql, connection, sql, { ...options, take: (json) => records.add(json) });
    return records;
  };
  const records = await read(true).catch((error: unknown) => {
    // Somebody locked a table after the query had read the locks and before it read the size.
    if (sqlStateOf(error) === LOCK_NOT_AVAILABLE) return read(false);
    throw error;
  });
  return records.toCatalog(entryLoop(options.signal));
}

/** The records of the query's answer. */
class CatalogRecords {
  private head: Read<typeof head> | null = null;
  private readonly relations: Read<typeof relation>[] = [];
  private readonly references: Read<typeof reference>[] = [];

  /** @throws AppError `answerUnusable` */
  add(json: unknown): void {
    if (!Array.isArray(json)) this.head = decodeAnswer(head, json);
    else if (json.length === 2) this.references.push(decodeAnswer(reference, json));
    else this.relations.push(decodeAnswer(relation, json));
  }

  /** @throws AppError `answerUnusable`, `cancelled` */
  async toCatalog(loop: CooperativeLoop): Promise<DatabaseCatalog> {
    if (this.head === null) throw new AppError('answerUnusable', { reason: 'unexpected' });
    const { database, schemas, extensions, largeObjects, databaseObjects } = this.head;
    const schemaNames = new Map((schemas ?? []).map(([id, name]) => [id, name]));
    const names = new Map<number, TableRef>();
    for (const [id, schemaId, name] of this.relations) {
      if (loop.shouldYield) await loop.yield();
      names.set(id, { schema: schemaNames.get(schemaId) ?? '', name });
    }
    const references: { from: TableRef; to: TableRef }[] = [];
    for (const [dependent, needed] of this.references) {
      if (loop.shouldYield) await loop.yield();
      const [from, to] = [names.get(dependent), names.get(needed)];
      if (from !== undefined && to !== undefined) references.push({ from, to });
    }
    return {
      ...{ database, references, largeObjects, databaseObjects },
      schemas: (schemas ?? []).map(([, name, extension]) => ({ name, extension })),
      relations: await this.namedRelations(names, loop),
      extensions: (extensions ?? []).map(([name, schema, version]) => ({ name, schema, version })),
    };
  }

  private async namedRelations(
    names: ReadonlyMap<number, TableRef>,
    loop: CooperativeLoop,
  ): Promise<CatalogRelation[]> {
    const nameOf = (id: number | null): TableRef | null =>
      id === null ? null : (names.get(id) ?? null);
    const relations: CatalogRelation[] = [];
    for (const [id, , , relkind, bytes, rows, parent, extension, owner] of this.relations) {
      if (loop.shouldYield) await loop.yield();
      const named = names.get(id);
      const kind = KINDS.get(relkind);
      if (named === undefined || kind === undefined) continue;
      const [partitionOf, ownedBy] = [nameOf(parent), nameOf(owner)];
      relations.push({ ...named, kind, bytes, rows, partitionOf, extension, ownedBy });
    }
    return relations;
  }
}
