import { attachmentsOf } from '../document/attachments';
import type { ArchiveDocument, ReadOptions } from '../document/documentTypes';
import { scriptTexts, tocTexts } from './entryDdl';
import { oneLine } from '../../sql';
import { identities, sortByKey } from './identity';
import { ascending } from '../selection/ascending';
import { CooperativeLoop } from '../../cooperativeLoop';

/** Options of a comparison. */
export interface NormaliseOptions extends ReadOptions {
  /** Include owners? Default true. */
  owners?: boolean | undefined;
  /** Include privileges and default privileges? Default true. */
  privileges?: boolean | undefined;
}

/** Limit in characters; VS Code shows half of that at most. A damaged dump may claim gigabytes. */
const MAX_SCHEMA = 100 << 20;

/**
 * The SQL of one object in a form that does not depend on tool, format and time of the dump: its
 * statements, after a line with its type, name and owner.
 */
export async function normalisedDdl(
  document: ArchiveDocument,
  id: number,
  options: NormaliseOptions = {},
): Promise<string> {
  for await (const { text } of normalisedTexts(document, [id], options)) return text;
  return '';
}

/**
 * The whole schema as one normalised text, for a diff of two dumps: ordered by schema, type and name,
 * without data, dates, `\restrict` keys and ids.
 */
export async function wholeSchema(
  document: ArchiveDocument,
  options: NormaliseOptions = {},
): Promise<string> {
  const loop = new CooperativeLoop(options.signal, 16);
  const objects = await identities(document, options, loop);
  const texts = new Map<number, string>();
  const ids = objects.map(({ id }) => id);
  let length = 0;
  for await (const { id, text } of normalisedTexts(document, ids, options)) {
    length += text.length;
    if (length > MAX_SCHEMA) break;
    texts.set(id, text);
  }
  let all = '';
  for (const { id } of await sortByKey(objects, loop)) {
    if (all !== '') all += '\n';
    all += texts.get(id) ?? '';
    if (loop.shouldYield) await loop.yield();
  }
  return all;
}

/** The normalised texts of entries by id; fastest if ids are ascending. */
export async function* normalisedTexts(
  document: ArchiveDocument,
  ids: readonly number[],
  options: NormaliseOptions,
): AsyncGenerator<{ id: number; text: string }> {
  const loop = new CooperativeLoop(options.signal, 256);
  const { byTable } = await attachmentsOf(document, loop);
  const attached: number[] = [];
  if (byTable.size > 0) for (const id of ids) attached.push(...some(byTable.get(id)));
  const attachments = new Map<number, string>();
  for await (const { id, sql } of bareTexts(document, ascending(attached), options)) {
    attachments.set(id, sql.trim());
  }
  for await (const { id, sql } of bareTexts(document, ids, options)) {
    const attachment = attachments.get(byTable.get(id) ?? -1);
    const all = attachment === undefined ? sql : `${sql.trim()}\n${attachment}`;
    yield { id, text: whole(document, id, all, options) };
  }
}

const some = (id: number | undefined): number[] => (id === undefined ? [] : [id]);

/** Only the statements of each entry, without comments. */
async function* bareTexts(
  document: ArchiveDocument,
  ids: readonly number[],
  { signal }: NormaliseOptions,
): AsyncGenerator<{ id: number; sql: string }> {
  const { toc } = document;
  if (ids.length === 0) return;
  if (toc === null) {
    for await (const { id, text } of scriptTexts(document, ids, { signal })) {
      yield { id, sql: statements(text) };
    }
    return;
  }
  const indexes = ids.map((id) => document.tocIndex(id));
  const parts = { header: false, settings: false, owner: false };
  for await (const { index, text } of tocTexts(document, toc, indexes, { signal, parts })) {
    yield { id: document.idOfIndex(index), sql: text };
  }
}

function whole(
  document: ArchiveDocument,
  id: number,
  sql: string,
  options: NormaliseOptions,
): string {
  const { desc, schema, tag, owner } = document.names(id);
  const name = oneLine(schema === null ? tag : `${schema}.${tag}`);
  const whose = options.owners === false || owner === '' ? '' : `; Owner: ${oneLine(owner)}`;
  // Older versions wrote two blanks in default privileges.
  const text = desc === 'DEFAULT ACL' ? sql.replace(/ {2}(?=TO |FROM )/g, ' ') : sql;
  return `-- ${desc}: ${name}${whose}\n${text.trim()}\n`;
}

/**
 * The definition within a script's entry: without the comment before it, and without the statements
 * for owner and access method that pg_dump adds, each after two empty lines.
 */
function statements(text: string): string {
  const name = String.raw`(?:"(?:[^"]|"")*"|[^\s";]+)`;
  return text
    .replace(/^(?:--[^\n]*\n|\s*\n)+/, '')
    .trimEnd()
    .replace(
      new RegExp(String.raw`\n\nALTER TABLE (?:(?!\n\n\n).)+ SET ACCESS METHOD ${name};$`, 's'),
      '',
    )
    .trimEnd()
    .replace(new RegExp(String.raw`\n\n\nALTER (?:(?!\n\n\n).)+ OWNER TO ${name};$`, 's'), '');
}
