import { openFileSource } from '../bytes/byteSource';
import { entryLoop } from '../../cooperativeLoop';
import { decoderOf } from '../bytes/encoding';
import { parseCopy } from '../rows/copyText';
import { noFileFacts } from './noFileFacts';
import { OidRuns } from './oidRuns';
import { TextWindow } from '../toc/textWindow';
import type { Toc } from '../toc/toc';
import { entryType, isRelation } from '../../model/entryTypes';
import type { FileFacts, FileName } from '../../model/findings/preflightFacts';
import type { TextSpan } from '../../model/archive';

/** A name in SQL, quoted or not. */
const NAME = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
/** Only the beginning of a definition is searched, because functions can be long. */
const MAX_TEXT = 16 << 10;

const patterns = {
  extensionSchema: new RegExp(String.raw`\bWITH SCHEMA (${NAME})`, 'u'),
  grantee: new RegExp(String.raw`\b(?:TO|FROM) (${NAME})(?: WITH GRANT OPTION)?;`, 'gu'),
  defaultsOf: new RegExp(String.raw`\bFOR ROLE (${NAME})`, 'u'),
  policyRoles: new RegExp(String.raw`\bTO (${NAME}(?:, ${NAME})*)(?= USING| WITH CHECK|;)`, 'u'),
  /** The tag of its entry. */
  userMapping: /^USER MAPPING (.+) SERVER /su,
  name: new RegExp(NAME, 'gu'),
  language: new RegExp(String.raw`\bLANGUAGE (${NAME})`, 'u'),
  collation: new RegExp(String.raw`\bCOLLATE pg_catalog\.(${NAME})`, 'gu'),
  /** A line of its own. */
  foreignServer: new RegExp(String.raw`^SERVER (${NAME})`, 'mu'),
  /** The tag of its entry. */
  mappedServer: /^USER MAPPING .+ SERVER (.+)$/su,
  published: new RegExp(String.raw`\bADD TABLE ONLY (${NAME})\.(${NAME})`, 'u'),
  indexMethod: new RegExp(String.raw`\bUSING (${NAME}) \(`, 'u'),
} as const;

/** Types of entries that only a superuser can create, whatever their definition. */
const OF_SUPERUSERS: ReadonlySet<string> = new Set([
  'ACCESS METHOD',
  'FOREIGN DATA WRAPPER',
  'OPERATOR CLASS',
  'OPERATOR FAMILY',
  'PUBLICATION TABLES IN SCHEMA',
  'TEXT SEARCH PARSER',
  'TEXT SEARCH TEMPLATE',
]);
/** Definitions that only a superuser can create, by type. */
const SUPERUSER_ONLY: ReadonlyMap<string, RegExp> = new Map([
  ['CAST', /\bWITHOUT FUNCTION\b/],
  ['PUBLICATION', /\bFOR ALL (?:TABLES|SEQUENCES)\b/],
  ['TYPE', /^\s*CREATE TYPE [^;]*\(\s*INTERNALLENGTH\b/i],
]);
/** Languages in which only a superuser can create functions. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  ...['c', 'internal'],
  ...['plperlu', 'plpython3u', 'plpythonu', 'pltclu'],
]);

/** Names in place of a role that are not roles. */
const EVERYBODY: ReadonlySet<string> = new Set([
  'PUBLIC',
  'public',
  'CURRENT_USER',
  'SESSION_USER',
]);

/**
 * Collects what the chosen entries of an archive create and what they need. Reads only definitions
 * that can contain such facts. Does not block the event loop.
 *
 * @param indexes entries that are restored, without those that the options leave out
 * @param alongside those of `indexes` that were added because others need them
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function readFileFacts(
  toc: Toc,
  { indexes, alongside }: { indexes: readonly number[]; alongside: ReadonlySet<number> },
  loop = entryLoop(),
): Promise<FileFacts> {
  const gathering = new Gathering(toc, alongside);
  const source = await openFileSource(toc.file);
  try {
    const texts = new TextWindow(source);
    const decode = decoderOf(toc.encoding);
    const read = async (span: TextSpan | null): Promise<string> => {
      if (span === null || span.length <= 0) return '';
      const bytes = await texts.read({ ...span, length: Math.min(span.length, MAX_TEXT) });
      return decode(bytes, 0, bytes.length);
    };
    for (const i of indexes) {
      if (loop.shouldYield) await loop.yield();
      gathering.add(i);
      const wanted = gathering.textOf(i);
      if (wanted !== null) gathering.addText(i, await read(wanted));
    }
  } finally {
    await source.close();
  }
  return gathering.finish();
}

/** Does a restore give what the entry makes to its owner? */
function isOwned(desc: string): boolean {
  const { class: of, ownerTarget, describesAnother } = entryType(desc);
  return ownerTarget !== undefined || (of === 'largeObject' && describesAnother !== true);
}

/** Collects the facts, entry by entry. */
class Gathering {
  private readonly facts: FileFacts;
  private readonly named = {
    owners: new Map<string, number>(),
    grantees: new Map<string, number>(),
    policyRoles: new Map<string, number>(),
    tablespaces: new Map<string, number>(),
    languages: new Map<string, number>(),
    accessMethods: new Map<string, number>(),
    indexMethods: new Map<string, number>(),
  };
  private readonly largeObjects = new OidRuns();
  private readonly madeLanguages = new Set<string>();
  private readonly madeServers = new Set<string>();
  /** Numbers of entries that others, except comments and privileges, depend on. */
  private readonly needed = new Set<number>();

  constructor(
    private readonly toc: Toc,
    private readonly alongside: ReadonlySet<number>,
  ) {
    const { header } = toc;
    const major = /^\s*(\d+)/.exec(header.serverVersion)?.[1];
    this.facts = noFileFacts({
      format: header.format,
      serverMajor: major === undefined ? null : Number(major),
      encoding: toc.encoding,
    });
  }

  add(i: number): void {
    const { toc, facts } = this;
    const desc = toc.desc(i);
    const type = entryType(desc);
    facts.entries++;
    if (isRelation(desc)) this.object(facts.relations, i);
    else if (type.class === 'routine') this.object(facts.routines, i);
    else if (type.class === 'type' && desc !== 'SHELL TYPE') this.object(facts.types, i);
    else if (type.class === 'largeObject') this.largeObject(i);
    else if (desc === 'EVENT TRIGGER') facts.eventTriggers.push(this.name(i));
    else if (desc === 'USER MAPPING') {
      const user = patterns.userMapping.exec(toc.tag(i))?.[1];
      if (user !== undefined && user !== 'public') this.note('policyRoles', user, i);
      const server = patterns.mappedServer.exec(toc.tag(i))?.[1];
      if (server !== undefined) this.foreignServer(server, i);
    } else if (desc === 'SUBSCRIPTION') facts.subscriptions.push(this.name(i));
    else if (desc === 'STATISTICS DATA') facts.statistics = true;
    else if (desc === 'PROCEDURAL LANGUAGE') this.madeLanguages.add(toc.tag(i));
    else if (desc === 'SERVER') this.madeServers.add(toc.tag(i));
    else if (OF_SUPERUSERS.has(desc)) this.superuserOnly(i);
    if (desc === 'PUBLICATION TABLES IN SCHEMA')
      facts.published.push({ dumpId: toc.dumpId(i), schema: toc.schema(i) ?? '', name: null });
    if (!type.describesAnother) for (const id of toc.dependencies(i)) this.needed.add(id);
    const { tablespace, accessMethod } = toc.rawNames(i);
    if (tablespace) this.note('tablespaces', tablespace, i);
    if (accessMethod && (desc === 'TABLE' || desc === 'MATERIALIZED VIEW'))
      this.note('accessMethods', accessMethod, i);
    const owner = toc.owner(i);
    if (owner !== '' && isOwned(desc)) this.note('owners', owner, i);
  }

  /** The text of an entry that holds facts beyond its names; null = there is none. */
  textOf(i: number): TextSpan | null {
    const { toc } = this;
    const desc = toc.desc(i);
    switch (desc) {
      case 'TABLE DATA':
        return toc.copyStatement(i) ?? { offset: 0, length: 0 };
      case 'ACL':
      case 'DEFAULT ACL':
      case 'EXTENSION':
      case 'INDEX':
      case 'POLICY':
      case 'SCHEMA':
      case 'TABLE':
      case 'FOREIGN TABLE':
      case 'DOMAIN':
      case 'CAST':
      case 'PUBLICATION':
      case 'PUBLICATION TABLE':
      case 'TYPE':
      case 'BLOB METADATA':
        return toc.definition(i);
      default:
        return entryType(desc).class === 'routine' ? toc.definition(i) : null;
    }
  }

  addText(i: number, text: string): void {
    const { toc, facts } = this;
    const desc = toc.desc(i);
    switch (desc) {
      case 'TABLE DATA':
        facts.rows.push({
          dumpId: toc.dumpId(i),
          schema: toc.schema(i) ?? '',
          name: toc.tag(i),
          columns: text === '' ? null : (parseCopy(text)?.columns ?? null),
        });
        return;
      case 'SCHEMA':
        if (/^\s*CREATE SCHEMA\b/.test(text)) {
          const alongside = this.alongside.has(i) ? { alongside: true as const } : {};
          facts.schemas.push({ ...this.name(i), ...alongside });
        }
        return;
      case 'EXTENSION':
        this.extension(text, i);
        return;
      case 'ACL':
      case 'DEFAULT ACL':
        this.privileges(text, i);
        return;
      case 'POLICY':
        for (const [role] of (patterns.policyRoles.exec(text)?.[1] ?? '').matchAll(patterns.name)) {
          this.role('policyRoles', role, i);
        }
        return;
      case 'BLOB METADATA':
        this.largeObjectGroup(text);
        return;
      case 'TABLE':
      case 'DOMAIN':
        this.collations(text, i);
        return;
      case 'FOREIGN TABLE':
        this.foreignTable(text, i);
        return;
      case 'INDEX':
        this.index(text, i);
        return;
      case 'PUBLICATION TABLE':
        this.publishedTable(text, i);
        return;
      case 'CAST':
      case 'PUBLICATION':
      case 'TYPE':
        if (SUPERUSER_ONLY.get(desc)?.test(text) === true) this.superuserOnly(i);
        return;
      default: {
        const language = patterns.language.exec(text)?.[1];
        if (language === undefined) return;
        this.note('languages', unquoted(language), i);
        if (UNTRUSTED.has(unquoted(language))) this.superuserOnly(i);
      }
    }
  }

  finish(): FileFacts {
    const { facts, named } = this;
    const list = (names: ReadonlyMap<string, number>): FileName[] =>
      [...names].map(([name, dumpId]) => ({ name, dumpId }));
    facts.owners = list(named.owners);
    facts.grantees = list(named.grantees);
    facts.policyRoles = list(named.policyRoles);
    facts.tablespaces = list(named.tablespaces);
    facts.accessMethods = list(named.accessMethods);
    facts.indexMethods = list(named.indexMethods);
    const besides = (names: FileName[], made: ReadonlySet<string>): FileName[] =>
      names.filter(({ name }) => !made.has(name));
    facts.languages = besides(list(named.languages), this.madeLanguages);
    facts.foreignServers = besides(facts.foreignServers, this.madeServers);
    // Contents without what makes their objects: they are written into those that are there.
    if (facts.largeObjects > 0 && this.largeObjects.finish()?.length === 0)
      this.largeObjects.lose();
    facts.largeObjectIds = this.largeObjects.finish();
    for (const each of facts.extensions) each.needed = this.needed.has(each.dumpId);
    return facts;
  }

  private privileges(text: string, i: number): void {
    for (const [, role = ''] of text.matchAll(patterns.grantee)) this.role('grantees', role, i);
    const of = patterns.defaultsOf.exec(text)?.[1];
    if (of !== undefined) this.role('grantees', of, i);
  }

  /** Those of the server itself: the others are in the archive. */
  private collations(text: string, i: number): void {
    if (!text.includes('COLLATE pg_catalog.')) return;
    const names = [...text.matchAll(patterns.collation)].map(([, name = '']) => unquoted(name));
    for (const name of new Set(names)) {
      this.facts.collations.push({ dumpId: this.toc.dumpId(i), name });
    }
  }

  /** Up to 16 each has an entry with its OID for a tag. */
  private largeObject(i: number): void {
    const { toc, facts } = this;
    facts.largeObjects++;
    facts.largeObjectEntries.push(toc.dumpId(i));
    if (toc.desc(i) === 'BLOB') this.largeObjects.add(Number(toc.tag(i)));
  }

  /** From 17 on an entry makes up to a thousand; their OIDs are its definition, one a line. */
  private largeObjectGroup(text: string): void {
    if (text.length >= MAX_TEXT) this.largeObjects.lose();
    for (const line of text.split('\n')) if (line !== '') this.largeObjects.add(Number(line));
  }

  private extension(text: string, i: number): void {
    const schema = patterns.extensionSchema.exec(text)?.[1];
    this.facts.extensions.push({ ...this.name(i), schema: schema ? unquoted(schema) : null });
  }

  private index(text: string, i: number): void {
    this.collations(text, i);
    const method = patterns.indexMethod.exec(text)?.[1];
    if (method !== undefined) this.note('indexMethods', unquoted(method), i);
  }

  private foreignTable(text: string, i: number): void {
    this.collations(text, i);
    const server = patterns.foreignServer.exec(text)?.[1];
    if (server !== undefined) this.foreignServer(unquoted(server), i);
  }

  private foreignServer(name: string, i: number): void {
    this.facts.foreignServers.push({ dumpId: this.toc.dumpId(i), name });
  }

  /** The tag is the names of both, with nothing that tells where the first one ends. */
  private publishedTable(text: string, i: number): void {
    const [, schema, name] = patterns.published.exec(text) ?? [];
    if (schema === undefined || name === undefined) return;
    const table = { schema: unquoted(schema), name: unquoted(name) };
    this.facts.published.push({ dumpId: this.toc.dumpId(i), ...table });
  }

  private superuserOnly(i: number): void {
    const { dumpId, name } = this.name(i);
    this.facts.superuserOnly.push({ dumpId, name: `${this.toc.desc(i)} ${name}` });
  }

  private name(i: number): FileName {
    return { dumpId: this.toc.dumpId(i), name: this.toc.tag(i) };
  }

  private object(list: FileFacts['relations'], i: number): void {
    const { toc } = this;
    const schema = toc.schema(i) ?? '';
    const object = { dumpId: toc.dumpId(i), desc: toc.desc(i), schema, name: toc.tag(i) };
    list.push(this.alongside.has(i) ? { ...object, alongside: true } : object);
  }

  private role(of: 'grantees' | 'policyRoles', written: string, i: number): void {
    if (!EVERYBODY.has(written)) this.note(of, unquoted(written), i);
  }

  private note(of: keyof Gathering['named'], name: string, i: number): void {
    if (!this.named[of].has(name)) this.named[of].set(name, this.toc.dumpId(i));
  }
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}
