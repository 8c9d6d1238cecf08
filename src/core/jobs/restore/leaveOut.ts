import { checkStructureOf } from '../../archive/data/checkStructure';
import { isOfSubscription } from '../../archive/inspect/archiveReach';
import { readToc } from '../../archive/file/tocReader';
import { writeListLines } from '../../archive/selection/restoreList';
import type { Toc } from '../../archive/toc/toc';
import { entryLoop } from '../../cooperativeLoop';
import { readSchemasThere } from '../../catalog/schemasThere';
import { leftOutByRule } from '../../forms/restore/leftOutByRule';
import type { LibpqConnection } from '../../connections/libpq';
import type { BackupInfo } from '../../model/archive';
import type { ServerInfo } from '../../model/catalog';
import { entryType } from '../../model/entryTypes';
import type { LeftOutReason } from '../../model/jobNotes';
import type { RestoreOptions } from '../../model/options';
import { QUERY_TIMEOUT_MS } from '../job/jobConnection';
import { chosenEntries } from './chosenEntries';
import { findMissing } from './targetObjects';

/** The schema that every new database has, and that no backup has to create. */
const PUBLIC = 'public';

/** What decides which entries of an archive are restored. */
export interface EntryFacts {
  options: RestoreOptions;
  info: BackupInfo;
  server: ServerInfo;
  /** Absolute path of the psql that asks. */
  psql: string;
  /** Connection to the database that is restored into. */
  target: LibpqConnection;
  /** The database is made for this restore: nothing is in it. */
  created: boolean;
  /** Entries whose data are not there, once that is known; only with `salvage`. */
  lost?: ReadonlySet<number> | undefined;
  signal?: AbortSignal | undefined;
}

/** The entries of a restore, and what it leaves out of those that were asked for. */
export interface RestoredEntries {
  /** null = everything, no list is needed. */
  indexes: number[] | null;
  leftOut: { reason: LeftOutReason; names: string[] }[];
}

/**
 * The entries that a restore takes from an archive: those that are chosen, with the objects that
 * they need and the target lacks; without entries that the target does not accept or has already,
 * and without subscriptions, which would become active in a copy.
 *
 * @throws AppError `objectUnknown`; as `runQuery`; those of reading the archive
 */
export async function restoredEntries(toc: Toc, facts: EntryFacts): Promise<RestoredEntries> {
  const indexes = await neededEntries(toc, facts);
  const chosen = indexes ?? toc.listed();
  const left: LeftOut[] = [];
  for (const reason of leftOutByRule(facts.options, facts.info, facts.server)) {
    const ofKind =
      reason === 'subscriptions'
        ? (i: number): boolean => isOfSubscription(toc, i)
        : (i: number): boolean => toc.desc(i) === 'STATISTICS DATA';
    left.push({ reason, entries: new Set(chosen.filter(ofKind)) });
  }
  if (facts.options.salvage) {
    left.push({ reason: 'damaged', entries: facts.lost ?? (await damagedEntries(toc, facts)) });
  }
  left.push({ reason: 'schemaThere', entries: await schemasThere(toc, facts, chosen) });
  const told = left.filter(({ entries }) => entries.size > 0);
  if (told.length === 0) return { indexes, leftOut: [] };
  return {
    indexes: chosen.filter((i) => told.every(({ entries }) => !entries.has(i))),
    leftOut: told.map(({ reason, entries }) => ({ reason, names: namesOf(toc, reason, entries) })),
  };
}

/**
 * The list for `pg_restore --use-list` of a restore as it would run now; null = it needs none.
 *
 * @throws AppError as `restoredEntries`
 */
export async function restoreListText(facts: EntryFacts): Promise<string | null> {
  const toc = await readToc(facts.options.inputPath, { signal: facts.signal });
  const { indexes } = await restoredEntries(toc, facts);
  return indexes === null ? null : writeListLines(toc, indexes);
}

/** Indexes of the chosen entries; null = everything. */
async function neededEntries(toc: Toc, facts: EntryFacts): Promise<number[] | null> {
  const { options, psql, target, created, signal } = facts;
  const chosen = await chosenEntries(toc, options, entryLoop(signal));
  // Nothing is there in a new database; elsewhere, what is there already stays as it is.
  if (chosen === null || created || chosen.alongside.length === 0) return chosen?.indexes ?? null;
  const { indexes, alongside } = chosen;
  const missing = await findMissing({ psql, connection: target }, toc, alongside, { signal });
  const unneeded = new Set(alongside.filter((index) => !missing.has(index)));
  return indexes.filter((index) => !unneeded.has(index));
}

/** Entries that are left out for one reason. */
interface LeftOut {
  reason: LeftOutReason;
  entries: ReadonlySet<number>;
}

/** Entries whose data are not there, as far as the structure of the archive shows. */
async function damagedEntries(toc: Toc, { signal }: EntryFacts): Promise<ReadonlySet<number>> {
  const { cut } = await checkStructureOf(toc, { signal, full: true, gzip: true });
  return new Set([...cut].map((dumpId) => toc.indexOf(dumpId)));
}

function nameOfData(toc: Toc, i: number): string {
  const desc = toc.desc(i);
  // Large objects have numbers for names.
  if (entryType(desc).class === 'largeObject') return 'BLOBS';
  return [toc.schema(i), toc.tag(i)].filter((part) => part !== null && part !== '').join('.');
}

function namesOf(toc: Toc, reason: LeftOutReason, entries: ReadonlySet<number>): string[] {
  // Entries of statistics have the names of their tables.
  if (reason === 'statistics') return [];
  if (reason === 'damaged') return [...new Set([...entries].map((i) => nameOfData(toc, i)))];
  const named = [...entries].filter(
    (i) => reason !== 'subscriptions' || toc.desc(i) === 'SUBSCRIPTION',
  );
  return named.map((i) => toc.tag(i));
}

/**
 * Schemas that need not be created: `public`, and existing empty ones. A schema with contents is
 * not left out, so that the backup of another schema does not silently go into it. What is dropped
 * first is created again.
 */
async function schemasThere(
  toc: Toc,
  { options, psql, target, created, signal }: EntryFacts,
  chosen: readonly number[],
): Promise<ReadonlySet<number>> {
  const there = new Set<number>();
  if (options.clean || options.dataOnly) return there;
  const schemas = chosen.filter((i) => toc.desc(i) === 'SCHEMA');
  if (schemas.length === 0) return there;
  const names = created ? new Set([PUBLIC]) : await readNames();
  for (const i of schemas) {
    if (!names.has(toc.tag(i))) continue;
    const span = toc.definition(i);
    // An entry without this statement creates nothing: pg_dump writes a comment that the schema is
    // there.
    if (span !== null && /^\s*CREATE SCHEMA\b/.test(await toc.readText(span))) there.add(i);
  }
  return there;

  async function readNames(): Promise<Set<string>> {
    const asked = schemas.map((i) => toc.tag(i));
    const known = await readSchemasThere(psql, target, asked, {
      signal,
      timeoutMs: QUERY_TIMEOUT_MS,
    });
    const takes = known.filter(({ name, empty }) => empty || name === PUBLIC);
    return new Set(takes.map(({ name }) => name));
  }
}
