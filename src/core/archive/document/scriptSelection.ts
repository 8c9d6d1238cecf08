import { AppError } from '../../errors';
import { entryType, isRelation } from '../../model/entryTypes';
import type { FileKind } from '../../model/archive';
import type { ScriptEdits } from '../../model/scriptEdits';
import type { TableRef } from '../../model/optionValues';
import type { ByteRange } from '../bytes/pieces';
import { decompressed } from '../compression/decompress';
import { editedScript } from '../script/edit/editScript';
import { entryOf, isDataEntry } from '../script/edit/leaveOutRules';
import { dropOf, type EntryDrop } from '../script/edit/dropsFirst';
import { qualifiedNames, type QualifiedName } from '../script/edit/references';
import { unquote } from '../script/createStatements';
import { ScriptWithoutRows } from '../script/largeRows';
import type { ScriptEntry, ScriptScan } from '../script/scriptTypes';
import { ScriptDocument } from './scriptDocument';
import { oneLine } from '../../sql';

type Selection = NonNullable<ScriptEdits['selection']>;

/** What entries of a script need from each other. By names, because scripts record no dependencies. */
interface ScriptNeeds {
  document: ScriptDocument;
  names: ReadonlyMap<ScriptEntry, QualifiedName[]>;
  /** Extensions by their schema; pg_dump does not write the objects of extensions. */
  extensions: ReadonlyMap<string, ScriptEntry[]>;
  drops: readonly EntryDrop[];
}

export interface ChosenOfScript {
  /** Offsets in the script at which the chosen entries begin. */
  starts: Set<number>;
  /** Statements that drop the objects of the chosen entries. */
  drops: EntryDrop[];
  /** Number of entries that were added because chosen ones need them. */
  alongside: number;
  /** Number of entries that are left out, by type. */
  leftOut: Map<string, number>;
}

export interface ChoiceOptions {
  /** true = do not add the definitions that the chosen entries need. */
  alone: boolean;
  signal?: AbortSignal | undefined;
  /** Places of large tables' rows in an uncompressed script, which are skipped when it is read. */
  largeRows?: readonly ByteRange[] | undefined;
}

/**
 * Chooses entries of a script of pg_dump, as `selectEntries` and `closeDependencies` do for an
 * archive: a relation with everything that belongs to it, a schema with its contents, and the
 * definitions that these need.
 *
 * @param selection null = everything
 * @throws AppError `objectUnknown`; as `decompressed`
 */
export async function chooseFromScript(
  path: string,
  kind: Extract<FileKind, { kind: 'plain' }>,
  selection: Selection | null,
  options: ChoiceOptions,
): Promise<ChosenOfScript> {
  const rows = options.largeRows ?? [];
  const script = rows.length === 0 ? null : await ScriptWithoutRows.open(path, rows);
  const needs = await readNeeds(path, kind, { signal: options.signal, script });
  const { document } = needs;
  const chosen =
    selection === null
      ? new Set(Array.from({ length: document.count }, (_, id) => id))
      : new EntryChoice(document, selection).all();
  const selected = chosen.size;
  if (!options.alone) addNeeded(needs, chosen);
  const starts = new Set<number>();
  const leftOut = new Map<string, number>();
  for (let id = 0; id < document.count; id++) {
    const { desc, start } = document.rowAt(id);
    if (chosen.has(id)) starts.add(start);
    else leftOut.set(desc, (leftOut.get(desc) ?? 0) + 1);
  }
  const drops = needs.drops.filter(({ entry }) => starts.has(entry.start));
  const places = script ? [...starts].map((start) => script.offsetOf(start)) : starts;
  return { starts: new Set(places), drops, alongside: chosen.size - selected, leftOut };
}

async function readNeeds(
  path: string,
  kind: Extract<FileKind, { kind: 'plain' }>,
  { signal, script }: { signal: AbortSignal | undefined; script: ScriptWithoutRows | null },
): Promise<ScriptNeeds> {
  const { compression, encoding } = kind;
  const names = new Map<ScriptEntry, QualifiedName[]>();
  const extensions = new Map<string, ScriptEntry[]>();
  const drops: EntryDrop[] = [];
  const scans: ScriptScan[] = [];
  const reading = editedScript(
    script?.pieces({ signal }) ?? decompressed(path, compression, { encoding, signal }),
    [
      (statement) => {
        const drop = dropOf(statement);
        if (drop !== null) drops.push(drop);
        const entry = entryOf(statement);
        if (entry !== null && statement.text !== null && !isDataEntry(entry)) {
          const found = qualifiedNames(statement.text);
          names.set(entry, [...(names.get(entry) ?? []), ...found]);
          const at = entry.desc === 'EXTENSION' ? statement.tokens.indexOf('schema') : -1;
          const schema = unquote(statement.tokens[at + 1] ?? '');
          if (at > 0) extensions.set(schema, [...(extensions.get(schema) ?? []), entry]);
        }
        return null;
      },
    ],
    (scan) => scans.push(scan),
  );
  while ((await reading.next()).done !== true);
  const [scan] = scans;
  if (scan === undefined) throw new Error('the script was not read to its end');
  const stamp = { size: 0, mtimeMs: 0 };
  const open = (): never => {
    throw new Error('nothing of it is shown');
  };
  const document = new ScriptDocument({ path, kind, stamp }, scan, open);
  document.finish();
  return { document, names, extensions, drops };
}

const keyOf = (schema: string | null, name: string): string => JSON.stringify([schema ?? '', name]);

/** Chooses the entries that a selection names, and the entries that belong to them. */
class EntryChoice {
  private readonly chosen = new Set<number>();
  /** Ids of indexes and keys by name. */
  private readonly indexes = new Map<string, number>();
  private readonly relations = new Map<string, number>();

  constructor(
    private readonly document: ScriptDocument,
    private readonly selection: Selection,
  ) {}

  /** @throws AppError `objectUnknown` */
  all(): Set<number> {
    const { document, chosen } = this;
    for (let id = 0; id < document.count; id++) {
      const { desc, schema, tag } = document.rowAt(id);
      if (isRelation(desc)) this.relations.set(keyOf(schema, tag), id);
      if (entryType(desc).buildsIndex !== true) continue;
      this.indexes.set(keyOf(schema, this.nameOfIndex(id)), id);
    }
    this.chooseSchemas();
    const { tables } = this.selection;
    for (const table of tables) this.chooseTable(table);
    if (tables.length > 0) this.choosePartitions();
    for (let size = -1; size !== chosen.size;) {
      ({ size } = chosen);
      for (let id = 0; id < document.count; id++) if (this.belongs(id)) chosen.add(id);
    }
    for (const id of chosen) if (this.lacksOther(id)) chosen.delete(id);
    return chosen;
  }

  /** The name in a constraint's tag, which begins with the table. */
  private nameOfIndex(id: number): string {
    const { desc, tag } = this.document.rowAt(id);
    const table = desc === 'INDEX' ? -1 : this.document.parentOf(id);
    return table < 0 ? tag : tag.slice(this.document.rowAt(table).tag.length + 1);
  }

  private chooseSchemas(): void {
    const wanted = new Set(this.selection.schemas.map(oneLine));
    const found = new Set<string>();
    for (let id = 0; wanted.size > 0 && id < this.document.count; id++) {
      const { desc, schema, tag } = this.document.rowAt(id);
      const within = desc === 'SCHEMA' ? tag : schema;
      if (within === null || !wanted.has(within)) continue;
      found.add(within);
      this.chosen.add(id);
    }
    const missing = [...wanted].find((name) => !found.has(name));
    if (missing !== undefined) this.refuse(missing);
  }

  private chooseTable({ schema, name }: TableRef): void {
    const { document } = this;
    // In pg_dump's comments, line ends in names are replaced by blanks.
    const [tag, within] = [oneLine(name), oneLine(schema)];
    let found = false;
    for (let id = 0; id < document.count; id++) {
      const row = document.rowAt(id);
      const named = isRelation(row.desc) || row.desc === 'TABLE DATA';
      if (!named || row.tag !== tag || (row.schema ?? '') !== within) continue;
      found = true;
      this.chosen.add(id);
    }
    if (!found) this.refuse(`${schema}.${name}`);
  }

  private refuse(name: string): never {
    throw new AppError('objectUnknown', { name, where: this.document.path });
  }

  /** Adds the partitions of chosen tables, at any depth. */
  private choosePartitions(): void {
    for (let size = -1; size !== this.chosen.size;) {
      ({ size } = this.chosen);
      for (let id = 0; id < this.document.count; id++) {
        const { desc, uses } = this.document.rowAt(id);
        if (desc !== 'TABLE ATTACH' && (desc !== 'TABLE' || uses === undefined)) continue;
        const [child, parent] = this.ends(id);
        if (child !== undefined && parent !== undefined && this.chosen.has(parent)) {
          this.chosen.add(child);
        }
      }
    }
  }

  /** Of an attachment: child and parent. Of a foreign key: its table and the referenced table. */
  private ends(id: number): [number | undefined, number | undefined] {
    const { desc, schema, tag, uses } = this.document.rowAt(id);
    const known = desc === 'INDEX ATTACH' ? this.indexes : this.relations;
    const other = uses && known.get(keyOf(uses.schema, uses.name));
    if (desc !== 'FK CONSTRAINT') return [known.get(keyOf(schema, tag)), other];
    const table = this.document.parentOf(id);
    return [table < 0 ? undefined : table, other];
  }

  private hasBothEnds(id: number): boolean {
    return this.ends(id).every((end) => end !== undefined && this.chosen.has(end));
  }

  private belongs(id: number): boolean {
    const desc = this.document.desc(id);
    const { describesAnother, partOfRelation, class: kind } = entryType(desc);
    if (kind === 'attachment') return this.hasBothEnds(id);
    // The contents of large objects belong to no table.
    if (kind === 'largeObject') return false;
    const part = describesAnother === true || partOfRelation === true || desc === 'SEQUENCE';
    if (!part || (desc === 'FK CONSTRAINT' && !this.hasBothEnds(id))) return false;
    return this.chosen.has(this.document.parentOf(id));
  }

  /** Was the entry chosen with its schema, although the table that it refers to was not? */
  private lacksOther(id: number): boolean {
    const desc = this.document.desc(id);
    const refers = desc === 'FK CONSTRAINT' || entryType(desc).class === 'attachment';
    return refers && !this.hasBothEnds(id);
  }
}

/** Adds the definitions that chosen entries refer to, and their schemas. */
function addNeeded({ document, names, extensions }: ScriptNeeds, chosen: Set<number>): void {
  const idOf = new Map<ScriptEntry, number>();
  const known = new Map<string, number[]>();
  const schemas = new Map<string, number>();
  for (let id = 0; id < document.count; id++) {
    const row = document.rowAt(id);
    const { desc, schema, tag } = row;
    if (desc === 'EXTENSION') idOf.set(row, id);
    if (desc === 'SCHEMA') schemas.set(tag, id);
    const { class: kind } = entryType(desc);
    const name = kind === 'routine' ? tag.slice(0, tag.indexOf('(')) : tag;
    const defines = kind === 'relation' || kind === 'routine' || kind === 'type' || isOther(desc);
    if (!defines || (schema === null && !hasNoSchema(desc))) continue;
    const key = keyOf(schema, name);
    known.set(key, [...(known.get(key) ?? []), id]);
  }
  const queue = [...chosen];
  const refreshes = queue.filter((id) => document.desc(id) === 'MATERIALIZED VIEW DATA');
  const refreshed = new Set(refreshes.map((id) => document.parentOf(id)));
  const add = (id: number | undefined): void => {
    if (id === undefined || chosen.has(id)) return;
    chosen.add(id);
    queue.push(id);
  };
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const row = document.rowAt(id);
    if (row.schema !== null) add(schemas.get(row.schema));
    if (entryType(row.desc).class === 'attachment' || row.desc === 'FK CONSTRAINT') continue;

    for (const { schema, name } of names.get(row) ?? []) {
      const others = known.get(keyOf(schema, name));
      for (const other of others ?? []) {
        add(other);
        if (!refreshed.has(id) || refreshed.has(other)) continue;
        // Refreshing a materialized view reads the rows of the relations in its query.
        refreshed.add(other);
        add(document.dataEntryOf(other) ?? undefined);
        queue.push(other);
      }
      if (others !== undefined) continue;
      for (const extension of extensions.get(schema) ?? []) add(idOf.get(extension));
    }
  }
}

/** Definitions of other types that statements refer to by name. */
function isOther(desc: string): boolean {
  return (
    desc === 'COLLATION' ||
    desc === 'OPERATOR' ||
    desc.startsWith('TEXT SEARCH') ||
    hasNoSchema(desc)
  );
}

/** Definitions outside of schemas, whose names follow their kind in statements. */
function hasNoSchema(desc: string): boolean {
  return (
    desc === 'PUBLICATION' ||
    desc === 'SERVER' ||
    desc === 'FOREIGN DATA WRAPPER' ||
    desc === 'PROCEDURAL LANGUAGE'
  );
}
