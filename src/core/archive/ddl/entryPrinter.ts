import { dependencyIndexes } from '../selection/restoreList';
import type { Toc } from '../toc/toc';
import { majorOf, qualifiedName, sqlName } from './sqlNames';
import { entryType } from '../../model/entryTypes';
import { oneLine } from '../../sql';

/** The texts of one entry, as read from the archive. */
export interface EntryTexts {
  definition: string;
  dropStatement: string;
  copyStatement: string;
  /** For an ACL of large objects: the oids of their group. */
  largeObjects: string;
}

/** Which parts of an entry are written. */
export interface PrintParts {
  /** Comment lines with name, type, schema and owner. */
  header: boolean;
  /** `SET default_tablespace`, `SET default_table_access_method`, `SET search_path`. */
  settings: boolean;
  /** `ALTER … OWNER TO`. */
  owner: boolean;
}

const EVERYTHING: PrintParts = { header: true, settings: true, owner: true };

/** Up to 15 the owner of these is set with ALTER TABLE. */
const OLD_TABLES = new Set(['VIEW', 'SEQUENCE', 'MATERIALIZED VIEW']);

const PARTITIONED_TABLE = 'p';

/**
 * Writes entries, and the settings between them, as `pg_restore -f -` does (measured with 13, 15, 17
 * and 18). What pg_restore writes once, before the first and after the last entry, is left out.
 */
export class EntryPrinter {
  private readonly major: number;
  private tablespace: string | null = null;
  private accessMethod: string | null = null;
  private searchPath: string | null = null;
  private readonly fixedSearchPath: boolean;

  constructor(
    private readonly toc: Toc,
    /**
     * Major version of the pg_restore to imitate; usually that of the archive's pg_dump.
     */
    major: number | undefined,
    private readonly parts: PrintParts = EVERYTHING,
  ) {
    this.major = major ?? majorOf(toc.header.pgDumpVersion);
    this.fixedSearchPath = hasSearchPath(toc);
  }

  /** Is the DROP statement required to write this entry? */
  needsDrop(i: number): boolean {
    return this.parts.owner && entryType(this.toc.desc(i)).ownerTarget === 'dropStatement';
  }

  /** For an ACL of large objects: the entry whose definition lists them; -1 for all other entries. */
  largeObjectGroup(i: number): number {
    const { toc } = this;
    if (toc.desc(i) !== 'ACL' || !toc.tag(i).startsWith('LARGE OBJECTS ')) return -1;
    return dependencyIndexes(toc, i)[0] ?? -1;
  }

  print(i: number, texts: EntryTexts): string {
    const { toc, parts } = this;
    const out: string[] = [];
    if (parts.settings) this.settings(i, out);
    if (parts.header) out.push(this.header(i));
    const desc = toc.desc(i);
    if (desc === 'BLOB METADATA') {
      const oids = oidsOf(texts.definition);
      out.push(...oids.map((oid) => `SELECT pg_catalog.lo_create('${oid}');\n`), '\n');
      const owner = parts.owner ? toc.owner(i) : '';
      if (owner !== '' && (toc.dropStatement(i)?.length ?? 0) > 0) {
        const name = sqlName(owner, this.major);
        out.push(...oids.map((oid) => `ALTER LARGE OBJECT ${oid} OWNER TO ${name};\n`), '\n');
      }
      return out.join('');
    }
    if (this.largeObjectGroup(i) >= 0) {
      out.push(perLargeObject(texts.definition, oidsOf(texts.largeObjects)));
      return out.join('');
    }
    if (texts.definition !== '') out.push(texts.definition, '\n\n');
    if (texts.copyStatement !== '') out.push(texts.copyStatement);
    if (parts.owner) out.push(this.ownerStatement(i, texts.dropStatement));
    if (parts.settings) out.push(this.partitionedAccessMethod(i));
    return out.join('');
  }

  private settings(i: number, out: string[]): void {
    const { toc, major } = this;
    const { schema, tablespace, accessMethod } = toc.rawNames(i);
    if (!this.fixedSearchPath && schema !== null && schema !== '' && schema !== this.searchPath) {
      this.searchPath = schema;
      const more = schema === 'pg_catalog' ? '' : ', pg_catalog';
      out.push(`SET search_path = ${sqlName(schema, major)}${more};\n\n`);
    }
    if (tablespace !== null && tablespace !== this.tablespace) {
      this.tablespace = tablespace;
      const value = tablespace === '' ? "''" : sqlName(tablespace, major);
      out.push(`SET default_tablespace = ${value};\n\n`);
    }
    if (toc.relkind(i) === PARTITIONED_TABLE || !accessMethod) return;
    if (accessMethod !== this.accessMethod) {
      this.accessMethod = accessMethod;
      out.push(`SET default_table_access_method = ${sqlName(accessMethod, major)};\n\n`);
    }
  }

  /** Since 17 the access method of a partitioned table is set after its creation. */
  private partitionedAccessMethod(i: number): string {
    const { toc, major } = this;
    if (major < 17 || toc.relkind(i) !== PARTITIONED_TABLE) return '';
    const { accessMethod } = toc.rawNames(i);
    if (!accessMethod) return '';
    const table = qualifiedName(toc.schema(i), toc.tag(i), major);
    return `ALTER TABLE ${table} SET ACCESS METHOD ${sqlName(accessMethod, major)};\n\n`;
  }

  private header(i: number): string {
    const { toc } = this;
    const { schema, owner, tablespace } = toc.rawNames(i);
    const desc = toc.desc(i);
    const prefix = toc.hadDumper(i)
      ? 'Data for '
      : desc === 'STATISTICS DATA' && this.major >= 18
        ? 'Statistics for '
        : '';
    const where = tablespace ? `; Tablespace: ${oneLine(tablespace)}` : '';
    const name = `Name: ${oneLine(toc.tag(i))}; Type: ${desc}`;
    return `--\n-- ${prefix}${name}; Schema: ${hyphen(schema)}; Owner: ${hyphen(owner)}${where}\n--\n\n`;
  }

  private ownerStatement(i: number, dropStatement: string): string {
    const { toc, major } = this;
    const owner = toc.owner(i);
    if (owner === '' || (toc.dropStatement(i)?.length ?? 0) === 0) return '';
    const desc = toc.desc(i);
    let object: string;
    const { ownerTarget } = entryType(desc);
    if (ownerTarget === 'name') {
      const type = major < 16 && OLD_TABLES.has(desc) ? 'TABLE' : desc;
      object = `${type} ${qualifiedName(toc.schema(i), toc.tag(i), major)}`;
    } else if (desc === 'BLOB') object = `LARGE OBJECT ${toc.tag(i)}`;
    else if (ownerTarget === 'dropStatement')
      object = dropStatement.slice(5).replace(/[;\n]+$/, '');
    else return '';
    return `ALTER ${object} OWNER TO ${sqlName(owner, major)};\n\n`;
  }
}

/** Archives of 10.2 and older have no SEARCHPATH entry: their names rely on `search_path`. */
function hasSearchPath(toc: Toc): boolean {
  for (let i = 0; i < Math.min(toc.count, 16); i++) if (toc.desc(i) === 'SEARCHPATH') return true;
  return false;
}

function hyphen(name: string | null): string {
  return name === null ? '-' : oneLine(name);
}

function oidsOf(definition: string): string[] {
  return definition.split('\n').filter((line) => line !== '');
}

/** The ACL of a group is written for its first large object; this repeats it for all of them. */
function perLargeObject(definition: string, oids: readonly string[]): string {
  const statement = /((?:"[^"]*"|[^";])*?LARGE OBJECT )\d+((?:"[^"]*"|[^";])*);\s*/g;
  let out = '';
  for (const [, before = '', after = ''] of definition.matchAll(statement)) {
    out += oids.map((oid) => `${before}${oid}${after};\n`).join('') + '\n';
  }
  return out;
}
