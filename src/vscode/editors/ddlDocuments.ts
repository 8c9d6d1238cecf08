import { createHmac, randomBytes } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ArchiveDocument } from '../../core/archive/document/documentTypes';
import { AppError } from '../../core/errors';
import { maskSql } from '../../core/secrets/mask';
import { MASK } from '../../core/secrets/secretWords';
import type { CompareOptions } from '../../protocol/archiveApi';
import { errorMessage } from '../text/errorText';
import { DDL_SCHEME, type DocumentDoor } from '../doors/documentDoor';
import type { ArchiveModels } from './archiveModels';
import { decodeIds, encodeIds } from './idRanges';

/** Content of a virtual document. */
export type DdlSource =
  /** The statements as they are; null ids = everything but data. */
  | { kind: 'ddl'; path: string; ids: readonly number[] | null; stamp: string }
  /** One object, or all, made comparable. */
  | ({ kind: 'object'; path: string; id: number; stamp: string } & CompareOptions)
  | ({ kind: 'schema'; path: string } & CompareOptions)
  /** The empty side of a diff. */
  | { kind: 'nothing' };

/** In UTF-16 units, most of which take one byte. VS Code refuses documents of 50 MB. */
const MAX_LENGTH = 40 << 20;

const markKey = randomBytes(32);

/** A comparison shows that two secrets differ, and nothing else about them. */
function markDifferences(secret: string): string {
  const digest = createHmac('sha256', markKey).update(secret).digest('hex');
  return `${MASK}${digest.slice(0, 4)}`;
}

/** Read-only SQL documents made of dumps, `pgbackup-ddl:/name.sql?what`. */
export class DdlDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly models: ArchiveModels,
    door: Pick<DocumentDoor, 'lead'>,
  ) {
    door.lead(this);
  }

  /** `name` is what the tab says. */
  static uri(name: string, source: DdlSource): vscode.Uri {
    const ids = source.kind === 'ddl' && source.ids !== null ? encodeIds(source.ids) : undefined;
    return vscode.Uri.from({
      scheme: DDL_SCHEME,
      // A slash would make folders of it, and control characters are no part of a name.
      path: `/${name.replace(/[/\\\u0000-\u001f]/g, '_').slice(0, 150)}.sql`,
      query: JSON.stringify({ ...source, ids }),
    });
  }

  /** Opens a document in an editor. */
  static async show(uri: vscode.Uri): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  /** Tells VS Code that the documents of a dump have changed. */
  refresh(dump: string): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === DDL_SCHEME && dumpOf(uri) === dump) this.changed.fire(uri);
    }
  }

  async provideTextDocumentContent(
    uri: vscode.Uri,
    token: vscode.CancellationToken,
  ): Promise<string> {
    const source = decode(uri);
    if (source === null) return comment(vscode.l10n.t('This document is no longer known.'));
    if (source.kind === 'nothing') return '';
    const controller = new AbortController();
    const subscription = token.onCancellationRequested(() => controller.abort());
    const lease = this.models.acquire(source.path);
    try {
      const document = await lease.model.loaded(controller.signal);
      return await textOf(document, source, controller.signal);
    } catch (error) {
      return comment(errorMessage(error));
    } finally {
      subscription.dispose();
      lease.dispose();
    }
  }

  dispose(): void {
    this.changed.dispose();
  }
}

/** The reading of the file that the ids belong to. */
export function stampText({ stamp }: ArchiveDocument): string {
  return `${stamp.size}-${stamp.mtimeMs}`;
}

/** The dump behind a virtual document; '' for none. */
export function dumpOf(uri: vscode.Uri): string {
  const source = decode(uri);
  return source === null || source.kind === 'nothing' ? '' : source.path;
}

async function textOf(
  document: ArchiveDocument,
  source: Exclude<DdlSource, { kind: 'nothing' }>,
  signal: AbortSignal,
): Promise<string> {
  // Ids are only valid within one reading of the file.
  const bound = source.kind === 'object' || (source.kind === 'ddl' && source.ids !== null);
  if (bound && source.stamp !== stampText(document)) {
    throw new AppError('inputChanged', { path: source.path });
  }
  if (source.kind === 'ddl') {
    const { ddlOf } = await import('../../core/archive/ddl/entryDdl');
    return limited(ddlOf(document, source.ids ?? 'all', { signal }));
  }
  const { normalisedDdl, wholeSchema } = await import('../../core/archive/ddl/normalise');
  switch (source.kind) {
    case 'object':
      return maskSql(
        await normalisedDdl(document, source.id, { ...comparing(source), signal }),
        markDifferences,
      );
    case 'schema':
      return cut(
        maskSql(await wholeSchema(document, { ...comparing(source), signal }), markDifferences),
      );
  }
}

function comparing({ owners, privileges }: CompareOptions): CompareOptions {
  return { owners, privileges };
}

async function limited(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) {
    text += maskSql(piece);
    if (text.length > MAX_LENGTH) break;
  }
  return cut(text);
}

function cut(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  const whole = text.slice(0, text.lastIndexOf('\n', MAX_LENGTH) + 1);
  return whole + comment(vscode.l10n.t('Truncated here: the rest is too long for an editor.'));
}

function comment(text: string): string {
  return `-- ${text.replaceAll('\n', '\n-- ')}\n`;
}

/** Uris may come from earlier versions, or be made up. */
function decode(uri: vscode.Uri): DdlSource | null {
  let value: unknown;
  try {
    value = JSON.parse(uri.query);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const field = (name: string): unknown => Reflect.get(value, name);
  const kind = field('kind');
  if (kind === 'nothing') return { kind };
  const dump = field('path');
  if (typeof dump !== 'string' || !path.isAbsolute(dump)) return null;
  const stamp = String(field('stamp'));
  const options = { owners: field('owners') === true, privileges: field('privileges') === true };
  if (kind === 'schema') return { kind, path: dump, ...options };
  if (kind === 'object') return { kind, path: dump, id: Number(field('id')), stamp, ...options };
  if (kind !== 'ddl') return null;
  const ids = field('ids');
  return { kind, path: dump, stamp, ids: typeof ids === 'string' ? decodeIds(ids) : null };
}
