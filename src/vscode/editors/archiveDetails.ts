import type { ArchiveDocument } from '../../core/archive/document/documentTypes';
import { maskSql } from '../../core/secrets/mask';
import type { EntryDetails } from '../../protocol/archiveApi';

/** Longest text and longest list that a page gets; the whole can be opened as a document. */
const MAX_DDL = 64 << 10;
const MAX_RELATED = 500;
/** A table may have thousands of column comments. */
const MAX_NOTES = 100;

/** Everything about one entry that the page shows beside the tree. */
export async function readDetails(
  document: ArchiveDocument,
  id: number,
  signal: AbortSignal,
): Promise<EntryDetails> {
  const entry = document.entryAt(id);
  const { ddl, ddlCut } = await shortDdl(document, id, signal);
  const parts = await document.children(id, { signal });
  const ofType = (desc: string): number[] =>
    parts.filter((part) => document.desc(part) === desc).slice(0, MAX_NOTES);
  const dependents = await document.dependents(id, { signal });
  const dataId = document.dataEntryOf(id);
  const dataBytes = dataId === null ? null : document.dataBytesOf(dataId);
  return {
    entry,
    ddl,
    ddlCut,
    dependencies: document.dependencies(id).slice(0, MAX_RELATED),
    dependents: dependents.slice(0, MAX_RELATED),
    dependentCount: dependents.length,
    privileges: await privilegesOf(document, ofType('ACL'), signal),
    comment: await commentsOf(document, ofType('COMMENT'), signal),
    dataId,
    dataBytes: dataBytes === null || dataBytes < 0 ? null : dataBytes,
  };
}

async function shortDdl(
  document: ArchiveDocument,
  id: number,
  signal: AbortSignal,
): Promise<{ ddl: string; ddlCut: boolean }> {
  let text = '';
  const { ddlOf } = await import('../../core/archive/ddl/entryDdl');
  for await (const piece of ddlOf(document, [id], { signal })) {
    text += maskSql(piece);
    if (text.length > MAX_DDL) break;
  }
  const ddl = withoutHead(text);
  return { ddl: ddl.slice(0, MAX_DDL), ddlCut: ddl.length > MAX_DDL };
}

/** The comment lines on top, and the settings between them, repeat what the page shows as facts. */
function withoutHead(text: string): string {
  return text.replace(/^\s*(?:(?:--|SET default_)[^\n]*\n\s*)*/, '').trimEnd();
}

async function privilegesOf(
  document: ArchiveDocument,
  ids: number[],
  signal: AbortSignal,
): Promise<string> {
  if (ids.length === 0) return '';
  const { ddlText } = await import('../../core/archive/ddl/entryDdl');
  const text = await ddlText(document, ids, { signal });
  const statements = text.split('\n').filter((line) => /^(?:GRANT|REVOKE)\b/.test(line));
  return statements.join('\n').slice(0, MAX_DDL);
}

async function commentsOf(
  document: ArchiveDocument,
  ids: number[],
  signal: AbortSignal,
): Promise<string> {
  const comments: string[] = [];
  for (const id of ids) {
    const { ddlText } = await import('../../core/archive/ddl/entryDdl');
    const text = maskSql(await ddlText(document, [id], { signal }));
    // The string literal ends the statement.
    const literal = /\sIS\s+E?'((?:[^']|'')*)';\s*$/.exec(text)?.[1]?.replaceAll("''", "'");
    if (literal === undefined) continue;
    const column = /^COLUMN (.*)$/s.exec(document.entryAt(id).tag)?.[1];
    const name = column?.slice(column.lastIndexOf('.') + 1);
    comments.push(name === undefined ? literal : `${name}: ${literal}`);
  }
  return comments.join('\n').slice(0, MAX_DDL);
}
