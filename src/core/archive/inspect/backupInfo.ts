import { stat } from 'node:fs/promises';
import { strayLinesOf } from './strayLines';
import { throwIfCancelled } from '../../abort';
import { inputError } from '../bytes/byteSource';
import { checkStructureOf } from '../data/checkStructure';
import { misreadLinesOf } from './misreadText';
import { reachOfArchive, rowStatementsOf } from './archiveReach';
import { neededRoles } from './scriptRoles';
import { reachOfScript } from './scriptReach';
import { detectFile } from '../file/detectFile';
import type { ByteRange } from '../bytes/pieces';
import { largeRowsOf } from '../script/largeRows';
import { scanScript } from '../script/plainScan';
import { relationKey } from '../script/figures/scriptFigures';
import type { GlobalStatement, ScriptScan } from '../script/scriptTypes';
import { CooperativeLoop } from '../../cooperativeLoop';
import type { StructureReport } from '../data/structureReport';
import type { Toc } from '../toc/toc';
import { databaseLocale } from '../script/databaseLocale';
import { contentsOf, surveyToc } from './tocCounts';
import { readToc } from '../file/tocReader';
import type {
  ArchiveWarning,
  BackupInfo,
  ClusterContents,
  FileKind,
  ScriptPart,
} from '../../model/archive';
import { refusalOf } from '../file/unreadableKind';
import { entryType } from '../../model/entryTypes';
import type { TableRef } from '../../model/optionValues';
import { oneLine } from '../../sql';

export interface BackupInfoOptions {
  signal?: AbortSignal | undefined;
  /** Called with the bytes read and their total, because a large script takes its time. */
  onProgress?: ((bytes: number, total: number) => void) | undefined;
  /** Called with the places of large tables' rows in an uncompressed script. */
  onLargeRows?: ((rows: ByteRange[]) => void) | undefined;
}

/**
 * Describes a backup from the file itself: needs no PostgreSQL tool and starts no process. A script is
 * read to its end; the data of an archive are not read.
 * @throws AppError `inputMissing`, `inputUnreadable`, `notADump` (with the detected kind of file),
 *   `archiveDamaged` (nothing can be read; for damage further on, `complete` is false instead),
 *   `archiveVersionUnsupported`, `compressionUnsupported` and `cancelled`
 */
export async function getBackupInfo(
  path: string,
  options: BackupInfoOptions = {},
): Promise<BackupInfo> {
  const kind = await detectFile(path);
  throwIfCancelled(options.signal);
  switch (kind.kind) {
    case 'archive':
      return archiveInfo(path, kind, options);
    case 'plain':
      return scriptInfo(path, kind, options);
    case 'packed':
    case 'other':
      throw refusalOf(path, kind);
  }
}

async function archiveInfo(
  path: string,
  kind: Extract<FileKind, { kind: 'archive' }>,
  options: BackupInfoOptions,
): Promise<BackupInfo> {
  const { signal } = options;
  const toc = await readToc(path, { kind, signal });
  return archiveInfoOf(toc, await checkStructureOf(toc, { signal }), options);
}

/** `getBackupInfo` for an archive whose table of contents has been read and checked. */
export async function archiveInfoOf(
  toc: Toc,
  structure: StructureReport,
  options: Pick<BackupInfoOptions, 'signal'> = {},
): Promise<BackupInfo> {
  const info = await describeArchive(toc, structure, options);
  const reach = [
    ...(await reachOfArchive(toc, undefined, options.signal)),
    ...rowStatementsOf(toc),
  ];
  return reach.length > 0 ? { ...info, reach } : info;
}

/**
 * What an archive is, without what its statements reach: to find that out, all of them are read, which
 * is done before a job is permitted.
 */
export async function describeArchive(
  toc: Toc,
  structure: StructureReport,
  options: Pick<BackupInfoOptions, 'signal'>,
): Promise<Omit<BackupInfo, 'reach'>> {
  const { path } = toc;
  const survey = await surveyToc(toc, options.signal);
  const { contents, foreignKeys, partitions, rowsAlone, database } = survey;
  const size = structure.totalBytes ?? (await fileSize(path));
  const properties = await databaseProperties(toc, database);
  const { header } = toc;
  const warnings: ArchiveWarning[] = [];
  if (header.newer) warnings.push('newerVersion');
  if (toc.damage !== null) warnings.push('damagedToc');
  if (survey.attachedIndexes) warnings.push('attachedIndexes');
  if (survey.lacksOffsets) warnings.push('noDataOffsets');
  if (survey.subscriptions) warnings.push('subscriptions');
  if (survey.statistics) warnings.push('statistics');
  if (structure.problems.some((p) => p.kind === 'missingData')) warnings.push('missingMembers');
  return {
    path,
    format: toc.header.format,
    sizeBytes: size,
    created: header.created,
    database: header.database,
    serverVersion: header.serverVersion,
    pgDumpVersion: header.pgDumpVersion,
    contents,
    archiveVersion: header.archiveVersion,
    compression: header.compression,
    encoding: toc.encoding,
    ...properties,
    complete: structure.complete,
    cluster: false,
    connects: [],
    ...(rowsAlone ? { rowsAlone } : {}),
    ...(foreignKeys.length > 0 ? { foreignKeys } : {}),
    ...(partitions.length > 0 ? { partitions } : {}),
    warnings,
  };
}

async function fileSize(path: string): Promise<number> {
  const stats = await stat(path).catch((e: unknown) => {
    throw inputError(path, e);
  });
  return stats.size;
}

/** Encoding and locale of the dumped database, from its CREATE DATABASE statement. */
async function databaseProperties(
  toc: Toc,
  database: number,
): Promise<Pick<BackupInfo, 'databaseEncoding' | 'locale'>> {
  const span = database < 0 ? null : toc.definition(database);
  const definition = span === null ? '' : await toc.readText(span);
  const value = (keyword: string): string | null => {
    const match = new RegExp(`\\s${keyword} = '((?:[^']|'')*)'`).exec(definition);
    return match?.[1]?.replaceAll("''", "'") ?? null;
  };
  return { databaseEncoding: value('ENCODING'), locale: databaseLocale(value) };
}

async function scriptInfo(
  path: string,
  kind: Extract<FileKind, { kind: 'plain' }>,
  options: BackupInfoOptions,
): Promise<BackupInfo> {
  const { onProgress } = options;
  const scan = await scanScript(path, {
    signal: options.signal,
    compression: kind.compression,
    encoding: kind.encoding,
    onProgress: onProgress && ((bytes, total) => onProgress(bytes, total)),
  });
  if (kind.compression === 'none' && kind.encoding === 'utf8') {
    options.onLargeRows?.(largeRowsOf(scan));
  }
  return scriptInfoOf(path, kind, scan, options.signal);
}

/** `getBackupInfo` for a script that has been scanned. */
export async function scriptInfoOf(
  path: string,
  kind: Extract<FileKind, { kind: 'plain' }>,
  scan: ScriptScan,
  signal?: AbortSignal,
): Promise<BackupInfo> {
  const stats = await stat(path).catch((e: unknown) => {
    throw inputError(path, e);
  });
  const reach = await reachOfScript(path, kind, scan.reach, signal);
  const strays = await strayLinesOf(path, kind, scan.strays, signal);
  const misread = await misreadLinesOf(path, kind, signal);
  const roles = neededRoles(scan);
  const warnings: ArchiveWarning[] = [];
  if (scan.restricted) warnings.push('restrictKeys');
  if (scan.metaCommands.length > 0) warnings.push('metaCommands');
  if ([...scan.statements.keys()].some((kind) => /^(DROP|TRUNCATE|DELETE)\b/.test(kind))) {
    warnings.push('drops');
  }
  if (kind.encoding !== 'utf8') warnings.push('utf16');
  if (kind.encoding === 'utf16be') warnings.push('utf16be');
  if (scan.statements.has('CREATE SUBSCRIPTION')) warnings.push('subscriptions');
  if (scan.createsPublic && !scan.cluster) warnings.push('createsPublic');
  if (scan.entries.some((entry) => entry.desc === 'INDEX ATTACH')) warnings.push('attachedIndexes');
  return {
    path,
    format: 'plain',
    sizeBytes: stats.size,
    created: scan.started.replace(' ', 'T'),
    database: !scan.cluster && scan.databases.length === 1 ? (scan.databases[0] ?? '') : '',
    serverVersion: scan.serverVersion,
    pgDumpVersion: scan.pgDumpVersion,
    contents: await scriptContents(scan),
    archiveVersion: null,
    compression: kind.compression,
    encoding: scan.encoding,
    databaseEncoding: scan.databaseEncoding,
    locale: scan.locale,
    complete: strays?.torn ? false : scan.complete,
    cluster: scan.cluster,
    ...(scan.cluster ? { clusterContents: clusterContents(scan), parts: partsOf(scan) } : {}),
    connects: [...new Set(scan.databases)],
    ...ownDatabase(scan),
    ...(scan.settings.size > 0 ? { settings: [...scan.settings] } : {}),
    ...(scan.byPgDump && scan.plainDrops > 0 ? { plainDrops: true } : {}),
    ...(roles === undefined ? {} : { roles }),
    ...(strays === null ? {} : { strays }),
    ...(misread === null ? {} : { misread }),
    ...(reach.length > 0 ? { reach } : {}),
    warnings,
  };
}

/** The database that a script for a single database creates. */
function ownDatabase({ cluster, databases, globals }: ScriptScan): { ownDatabase?: string } {
  const [name] = databases;
  if (cluster || name === undefined || new Set(databases).size > 1) return {};
  const made = globals.some(
    (each) => each.action === 'create' && each.kind === 'DATABASE' && each.name === name,
  );
  return made ? { ownDatabase: name } : {};
}

function clusterContents({ globals }: ScriptScan): ClusterContents {
  const names = (action: 'create' | 'drop', kind: GlobalStatement['kind']): string[] => {
    const found = globals.filter((each) => each.action === action && each.kind === kind);
    return [...new Set(found.map(({ name }) => name))];
  };
  return {
    created: names('create', 'DATABASE'),
    dropped: names('drop', 'DATABASE'),
    roles: names('create', 'ROLE'),
    droppedRoles: names('drop', 'ROLE'),
    tablespaces: names('create', 'TABLESPACE'),
  };
}

/** Indexes and keys that are built after the rows of their table are loaded. */
function isLate(desc: string): boolean {
  const { class: kind, costly } = entryType(desc);
  return costly === true && (kind === 'index' || kind === 'constraint');
}

/** Each database begins with its first object; databases without objects are left out. */
function partsOf({ entries, databases, size }: ScriptScan): ScriptPart[] {
  const parts: ScriptPart[] = [];
  let last = -1;
  for (const { database, start, desc } of entries) {
    if (database < 0) continue;
    if (database !== last) {
      parts.push({ database: databases[database] ?? '', start: start / size, late: 0 });
      last = database;
    }
    const part = parts.at(-1);
    if (part && isLate(desc)) part.late++;
  }
  return parts;
}

/**
 * Numbers of views and sequences, from the statements that create them. Sequences of identity columns
 * are counted by statements, too, but named by pg_dump's comments.
 */
async function otherRelationsOf(
  { figures, entries }: ScriptScan,
  loop: CooperativeLoop,
): Promise<TableRef[]> {
  const found = [...figures.otherRelations];
  const counted = ['VIEW', 'MATERIALIZED VIEW', 'SEQUENCE'].reduce(
    (sum, desc) => sum + (figures.counts.get(desc) ?? 0),
    0,
  );
  const keyOf = ({ schema, name }: TableRef): string => oneLine(`${schema}\0${name}`);
  const known = new Set(found.map(keyOf));
  for (const { desc, schema, tag } of entries) {
    if (found.length >= counted) break;
    if (loop.shouldYield) await loop.yield();
    const sequence = { schema: schema ?? '', name: tag };
    if (desc === 'SEQUENCE' && !known.has(keyOf(sequence))) found.push(sequence);
  }
  return found;
}

/**
 * Contents according to the statements, regardless of comments. Only if a script creates no table, its
 * tables are those in pg_dump's comments or COPY statements.
 */
async function scriptContents(scan: ScriptScan): Promise<BackupInfo['contents']> {
  const loop = new CooperativeLoop(undefined, 256);
  const { figures } = scan;
  const counts = new Map(figures.counts);
  const schemas = new Set(figures.schemas);
  // In pg_dump's comments, line ends in names are replaced by blanks.
  const inComments = new Set([...schemas].map(oneLine));
  const addCommented = (name: string): void => {
    if (!inComments.has(name)) schemas.add(name);
  };
  const data = new Map(figures.filled);
  for (const { desc, tag, schema, database } of scan.entries) {
    if (loop.shouldYield) await loop.yield();
    if (desc === 'BLOBS') counts.set(desc, 1);
    if (desc === 'SCHEMA') addCommented(tag);
    if (schema !== null) addCommented(schema);
    // The rows may be INSERT statements, which are not examined.
    if (desc === 'TABLE DATA') {
      const table = { schema: schema ?? '', name: tag };
      data.set(relationKey(database, table), table);
    }
  }
  for (const { schema } of figures.filled.values()) schemas.add(schema);
  const { tables } = figures;
  const otherRelations = await otherRelationsOf(scan, loop);
  const contents = contentsOf(
    counts,
    [...schemas].sort(),
    tables.length > 0 ? tables : [...data.values()],
    figures.largeObjects,
  );
  return otherRelations.length > 0 ? { ...contents, otherRelations } : contents;
}
