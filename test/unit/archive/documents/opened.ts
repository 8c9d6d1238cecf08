import { openArchiveDocument } from '../../../../src/core/archive/document/archiveDocument';
import type {
  ArchiveDocument,
  DocumentEntry,
} from '../../../../src/core/archive/document/documentTypes';
import { fixture } from '../files';

/** Every kind of fixture of one major, which all hold the same database. */
export const fixturesOf17 = [
  'mini.17.dump',
  'mini.17.none.dump',
  'mini.17.lz4.dump',
  'mini.17.zstd.dump',
  'mini.17.dir',
  'mini.17.lz4.dir',
  'mini.17.sql',
  'piped.17.dump',
  'plain.sql.gz',
  'plain.sql.lz4',
  'plain.sql.zst',
];

export function openFixture(name: string): Promise<ArchiveDocument> {
  return openArchiveDocument(fixture(name));
}

export function entriesOf(document: ArchiveDocument): DocumentEntry[] {
  return Array.from({ length: document.count }, (_, id) => document.entryAt(id));
}

/** The id of the one entry of this type and tag. */
export function idOf(document: ArchiveDocument, desc: string, tag: string): number {
  const found = entriesOf(document).filter((e) => e.desc === desc && e.tag === tag);
  if (found.length !== 1) throw new Error(`${found.length} entries ${desc} ${tag}`);
  return found[0]!.id;
}

/** `TYPE schema.tag` of an entry, names on one line. */
export function labelOf(document: ArchiveDocument, id: number): string {
  const { desc, schema, tag } = document.names(id);
  return `${desc} ${schema ?? '-'}.${tag.replace(/\n/g, ' ')}`;
}

export async function collect<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of from) all.push(item);
  return all;
}
