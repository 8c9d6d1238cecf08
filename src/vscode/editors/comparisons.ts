import path from 'node:path';
import * as vscode from 'vscode';
import type { ArchiveDocument, DocumentEntry } from '../../core/archive/document/documentTypes';
import { AppError } from '../../core/errors';
import type { CompareOptions, Comparison, ObjectChange } from '../../protocol/archiveApi';
import type { ArchiveModel } from './archiveModel';
import type { ArchiveModels, ModelLease } from './archiveModels';
import { pickOther, type OtherDump } from './compareWith';
import { DdlDocuments, stampText } from './ddlDocuments';
import type { LiveDumps } from './liveDumps';
import type { EditorServices } from './editorServices';

/** One side of a change: an entry of one reading of a dump. */
interface Side {
  path: string;
  id: number;
  stamp: string;
}

interface Change extends ObjectChange {
  left: Side | null;
  right: Side | null;
}

interface Known {
  comparison: Comparison;
  changes: Change[];
  other: OtherDump;
  lease: ModelLease;
}

/** The comparisons of one archive view. */
export class Comparisons implements vscode.Disposable {
  private readonly known = new Map<number, Known>();
  private nextId = 1;

  constructor(
    private readonly model: ArchiveModel,
    private readonly models: ArchiveModels,
    private readonly liveDumps: LiveDumps,
    private readonly services: EditorServices,
  ) {}

  /** The comparison that the page shows; a newer one replaces it. */
  get latest(): Comparison | null {
    return [...this.known.values()].at(-1)?.comparison ?? null;
  }

  /** Asks what to compare with. @returns null when the user cancelled */
  async start(options: CompareOptions, signal: AbortSignal): Promise<Comparison | null> {
    const other = await pickOther(this.services, this.liveDumps, this.model.path);
    if (other === null) return null;
    const lease = this.models.acquire(other.path);
    try {
      return await this.compare(this.nextId++, { other, lease }, options, signal);
    } catch (error) {
      lease.dispose();
      this.release(other);
      throw error;
    }
  }

  /** Compares the same two with other options. */
  async again(
    id: number,
    options: CompareOptions,
    signal: AbortSignal,
  ): Promise<Comparison | null> {
    const { other, lease } = this.get(id);
    return this.compare(id, { other, lease }, options, signal);
  }

  async openChange(id: number, index: number): Promise<void> {
    const { comparison, changes } = this.get(id);
    const change = changes[index];
    if (change === undefined) return;
    const [left, right] = this.uris(change, comparison.options);
    const title = vscode.l10n.t('{0} ({1} ↔ {2})', nameOf(change), this.name, comparison.other);
    await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true });
  }

  async openWhole(id: number): Promise<void> {
    const { comparison, other } = this.get(id);
    const { options } = comparison;
    const uri = (dump: string, name: string): vscode.Uri =>
      DdlDocuments.uri(name, { kind: 'schema', path: dump, ...options });
    await vscode.commands.executeCommand(
      'vscode.diff',
      uri(this.model.path, this.name),
      uri(other.path, comparison.other),
      vscode.l10n.t('Schema ({0} ↔ {1})', this.name, comparison.other),
    );
  }

  async openAll(id: number): Promise<void> {
    const { comparison, changes } = this.get(id);
    const resources = changes.map((change) => {
      const [left, right] = this.uris(change, comparison.options);
      return [
        change.right === null ? left : right,
        change.left === null ? undefined : left,
        change.right === null ? undefined : right,
      ];
    });
    const title = vscode.l10n.t('{0} ↔ {1}', this.name, comparison.other);
    await vscode.commands.executeCommand('vscode.changes', title, resources);
  }

  close(id: number): void {
    const found = this.known.get(id);
    if (found === undefined) return;
    this.known.delete(id);
    found.lease.dispose();
    this.release(found.other);
  }

  dispose(): void {
    for (const id of [...this.known.keys()]) this.close(id);
  }

  private get name(): string {
    return path.basename(this.model.path);
  }

  private get(id: number): Known {
    const found = this.known.get(id);
    if (found === undefined) throw new AppError('inputChanged', { path: this.model.path });
    return found;
  }

  private release(other: OtherDump): void {
    if (other.temporary) this.liveDumps.release(other.path);
  }

  private async compare(
    id: number,
    { other, lease }: Pick<Known, 'other' | 'lease'>,
    options: CompareOptions,
    signal: AbortSignal,
  ): Promise<Comparison> {
    const [left, right] = await Promise.all([
      this.model.loaded(signal),
      lease.model.loaded(signal),
    ]);
    const { owners, privileges } = options;
    const { compareDocuments } = await import('../../core/archive/ddl/compare');
    const result = await compareDocuments(left, right, { owners, privileges, signal });
    const changes = [
      ...result.changed.map(({ a, b }) => changeOf('changed', [left, a], [right, b])),
      ...result.removed.map((a) => changeOf('removed', [left, a], [right, null])),
      ...result.added.map((b) => changeOf('added', [left, null], [right, b])),
    ];
    const comparison: Comparison = {
      id,
      other: other.name,
      options: { owners, privileges },
      changes: changes.map(({ kind, desc, schema, name }) => ({ kind, desc, schema, name })),
      same: result.same,
    };
    this.known.set(id, { comparison, changes, other, lease });
    return comparison;
  }

  private uris(change: Change, options: CompareOptions): [vscode.Uri, vscode.Uri] {
    const uri = (side: Side | null): vscode.Uri =>
      DdlDocuments.uri(
        nameOf(change),
        side === null ? { kind: 'nothing' } : { kind: 'object', ...side, ...options },
      );
    return [uri(change.left), uri(change.right)];
  }
}

/** An entry of a document; null when this side has no such entry. */
type PlacedEntry = [document: ArchiveDocument, id: number | null];

function changeOf(kind: ObjectChange['kind'], left: PlacedEntry, right: PlacedEntry): Change {
  const side = ([document, id]: PlacedEntry): Side | null =>
    id === null ? null : { path: document.path, id, stamp: stampText(document) };
  const entry = entryOf(left) ?? entryOf(right);
  return {
    kind,
    desc: entry?.desc ?? '',
    schema: entry?.schema ?? null,
    name: entry?.tag ?? '',
    left: side(left),
    right: side(right),
  };
}

function entryOf([document, id]: PlacedEntry): DocumentEntry | null {
  return id === null ? null : document.entryAt(id);
}

function nameOf({ desc, schema, name }: ObjectChange): string {
  return `${desc} ${schema === null ? name : `${schema}.${name}`}`;
}
