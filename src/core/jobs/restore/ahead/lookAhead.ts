import { countLeftOut } from '../../../archive/document/leftOutCounts';
import { readFileFacts } from '../../../archive/facts/fileFacts';
import { noFileFacts } from '../../../archive/facts/noFileFacts';
import { restorePlan } from '../../../archive/selection/restorePlan';
import { withoutEntries } from '../../../archive/selection/withoutEntries';
import { readToc } from '../../../archive/file/tocReader';
import { sqlStateOf } from '../../../catalog/psql';
import type { FactsWanted } from '../../../catalog/restore/readTargetFacts';
import { ascendingInTurns } from '../../../archive/selection/ascending';
import { entryLoop, type CooperativeLoop } from '../../../cooperativeLoop';
import { AppError } from '../../../errors';
import { majorOf, scriptEncoding } from '../../../forms/form/archiveFacts';
import type { RestoreContext } from '../../../forms/form/context';
import { keysAtRisk } from '../../../forms/restore/foreignKeyOrder';
import { evaluateRestore } from '../../../forms/restore/restoreForm';
import { restoresAll } from '../../../forms/selection/restoreSelection';
import type { BackupInfo } from '../../../model/archive';
import type { Finding, Preflight } from '../../../model/findings/findings';
import type { RestoreOptions } from '../../../model/options';
import type { FileFacts, FileName, TargetFactsRead } from '../../../model/findings/preflightFacts';
import { withCounts, type CountedRows } from '../../../preflight/countedRows';
import { findingOf } from '../../../preflight/rule';
import { scriptEdits } from '../../../forms/restore/scriptEdits';
import { applyPreflightRules } from '../../../preflight/preflightRules';
import type { PreflightInput, Unread } from '../../../preflight/situation';
import { chosenEntries, chosenOrListed, partsOf } from '../chosenEntries';
import { fitsOneTransaction, withKnownOptions, withPossibleRemedies } from './possibleRemedies';

export { resolveOptions } from '../requestedOptions';

/** SQLSTATE: `lock_timeout` or `statement_timeout` has ended a query. */
const LOCKED: ReadonlySet<string> = new Set(['55P03', '57014']);
const INSUFFICIENT_PRIVILEGE = '42501';

/** Services that read the facts of a pre-flight. */
export interface PreflightWorld {
  /** What the form's rules judge by; `info` and `connection` are known. */
  context: RestoreContext;
  /** Host or address of the server, as far as it is known. */
  host: string;
  /** Looks into a database, undefined = the connection's own; null = into the server only. */
  readFacts: (database: string | null | undefined, wanted: FactsWanted) => Promise<TargetFactsRead>;
  /** Rows of the target that were counted before. */
  counted?: CountedRows | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * What a restore with these options will do, found out by looking at file and target. Nothing is
 * changed.
 *
 * @throws AppError those of reading the file; `objectUnknown`; `cancelled`. What cannot be found out of
 *   the target is a finding.
 */
export async function lookAhead(
  options: RestoreOptions,
  info: BackupInfo,
  world: PreflightWorld,
): Promise<Preflight> {
  const { context, signal } = world;
  const loop = entryLoop(signal);
  const file = await fileFacts(options, info, loop);
  if (restoresAll(options)) file.bytes = info.sizeBytes;
  const database = options.createDatabase ? null : (options.targetDatabase ?? undefined);
  const wanted: FactsWanted = {
    file,
    database: !options.createDatabase,
    dependents: options.clean,
    replacesRows: options.replaceRows,
  };
  const { connection } = context;
  await loop.pause();
  const read = connection && (await world.readFacts(database, wanted).catch(unlessCancelled));
  const unread = AppError.is(read) ? whyUnread(read) : undefined;
  const target =
    read === null || AppError.is(read) ? null : withCounts(read, world.counted ?? new Map());
  await loop.pause();
  const { problems } = evaluateRestore(options, context);
  await loop.pause();
  const fits = fitsOneTransaction(options, info, context);
  const leftOut = await leftOutOfScript(options, info, world);
  const facts: PreflightInput = {
    ...{ file, target, unread, options, fitsOneTransaction: fits },
    archiveTables: [...info.contents.tables, ...(info.contents.otherRelations ?? [])],
    refused: problems
      // Problems of the connection are findings of their own.
      .filter(({ severity, field }) => severity === 'error' && field !== 'connectionId')
      .map(({ message }) => message),
    connection: {
      readOnly: connection?.readOnly ?? false,
      environment: connection?.environment ?? null,
      name: connection?.label ?? '',
      host: world.host,
    },
  };
  const judged = await applyPreflightRules(facts, loop);
  await loop.pause();
  const known = withKnownOptions(judged, options, context);
  const possible = await withPossibleRemedies(known, options, info.path, loop);
  return leftOut === null ? possible : { ...possible, findings: [...possible.findings, leftOut] };
}

/**
 * Bytes. A larger script is not read for every change in a form: the job reports what it has left
 * out.
 */
const LARGEST_COUNTED = 256 << 20;

/** What a restore leaves out of a script, counted; null = nothing. */
async function leftOutOfScript(
  options: RestoreOptions,
  info: BackupInfo,
  { context, signal }: PreflightWorld,
): Promise<Finding | null> {
  if (info.format !== 'plain' || info.cluster || info.sizeBytes > LARGEST_COUNTED) return null;
  const edits = scriptEdits(options, info, context.server);
  if (edits.selection === null && edits.leaveOut.length === 0) return null;
  const { compression } = info;
  const encoding = scriptEncoding(info);
  const kind = { kind: 'plain', compression, encoding, cluster: false, byPgDump: true } as const;
  const choice = { alone: options.dataOnly, signal };
  const { entries, statements } = await countLeftOut(info.path, kind, edits, choice);
  const details: Record<string, number> = Object.fromEntries(entries);
  for (const [left, times] of statements) details[`kind:${left}`] = times;
  const count = Object.values(details).reduce((sum, each) => sum + each, 0);
  return count === 0 ? null : findingOf('partLeftOut', { severity: 'note', count, details });
}

/**
 * Dump ids of the chosen entries that are left when some are left out, with all that needs them.
 *
 * @throws AppError those of reading the archive; `objectUnknown`
 */
export async function entriesWithout(
  options: RestoreOptions,
  left: readonly number[],
): Promise<number[]> {
  const toc = await readToc(options.inputPath, {});
  const indexes = await chosenOrListed(toc, options);
  const rest = await withoutEntries(toc, indexes, left);
  return rest.map((i) => toc.dumpId(i));
}

function unlessCancelled(error: unknown): AppError {
  if (!AppError.is(error) || error.code === 'cancelled') throw error;
  return error;
}

function whyUnread(error: AppError): Unread | undefined {
  const state = sqlStateOf(error) ?? '';
  if (AppError.is(error, 'queryTimedOut') || LOCKED.has(state)) return 'locked';
  return state === INSUFFICIENT_PRIVILEGE ? 'refused' : undefined;
}

async function fileFacts(
  options: RestoreOptions,
  info: BackupInfo,
  loop: CooperativeLoop,
): Promise<FileFacts> {
  if (info.format === 'plain') return withOtherRoles(scriptFacts(info, options), options);
  const toc = await readToc(info.path, { signal: loop.signal });
  const chosen = await chosenEntries(toc, options, loop);
  const { order } = await restorePlan(toc, chosen?.indexes ?? null, partsOf(options), loop);
  await loop.pause();
  const indexes = await ascendingInTurns(order, loop);
  const alongside = new Set(chosen?.alongside);
  const facts = await readFileFacts(toc, { indexes, alongside }, loop);
  facts.keysAtRisk = options.dataOnly ? (keysAtRisk(options, info)?.count ?? 0) : 0;
  return withOtherRoles(facts, options);
}

/** The roles that are needed once others take the places of some. */
function withOtherRoles(facts: FileFacts, { mapRoles }: RestoreOptions): FileFacts {
  if (mapRoles === null) return facts;
  const targets = new Map(mapRoles.map(({ name, target }) => [name, target]));
  const mapped = (names: readonly FileName[]): FileName[] =>
    names.map(({ name, dumpId }) => ({ name: targets.get(name) ?? name, dumpId }));
  const { owners, grantees, policyRoles } = facts;
  return {
    ...facts,
    ...{ owners: mapped(owners), grantees: mapped(grantees), policyRoles: mapped(policyRoles) },
  };
}

/**
 * The facts about a script: fewer than about an archive, because its statements are not examined
 * one by one.
 */
function scriptFacts(info: BackupInfo, options: RestoreOptions): FileFacts {
  const { tables } = info.contents;
  // Large objects belong to no schema and to no table.
  const all = options.schemas === null && options.tables === null && !options.schemaOnly;
  const largeObjects = all ? info.contents.largeObjects : 0;
  const { dataOnly, schemas, tables: chosen } = options;
  // Of a part of the script nobody knows which roles it names.
  const roles = dataOnly || schemas !== null || chosen !== null ? undefined : info.roles;
  const named = (names: readonly string[] = []): FileName[] =>
    names.map((name) => ({ name, dumpId: 0 }));
  return {
    ...noFileFacts({
      format: 'plain',
      serverMajor: majorOf(info.serverVersion),
      encoding: info.encoding,
    }),
    relations: tables.map((table) => ({ ...table, dumpId: 0, desc: 'TABLE' })),
    owners: named(roles?.owners),
    grantees: named(roles?.grantees),
    policyRoles: named(roles?.others),
    entries: tables.length,
    largeObjects,
    largeObjectIds: largeObjects === 0 ? [] : null,
  };
}
