import { readTocFrom } from '../../../../src/core/archive/file/readTocFrom';
import type { Toc } from '../../../../src/core/archive/toc/toc';
import type { TableRef } from '../../../../src/core/model/options';
import { memorySource } from '../../../support/packed/memorySource';
import { buildArchive, type BuiltEntry } from '../buildArchive';

/** The contents of an archive of these entries. */
export async function built(entries: readonly BuiltEntry[]): Promise<Toc> {
  const bytes = buildArchive(entries);
  const place = { path: 'x', file: 'x', container: 'custom' as const, start: 0, end: bytes.length };
  return readTocFrom(memorySource(bytes), place);
}

/** Type and name of an entry. */
export const name = (toc: Toc, i: number): string => `${toc.desc(i)} ${toc.tag(i)}`;
/** The selection of these tables, written as schema.name. */
export const tables = (...refs: string[]): { schemas: null; tables: TableRef[] } => ({
  schemas: null,
  tables: refs.map((ref) => {
    const dot = ref.indexOf('.');
    return { schema: ref.slice(0, dot), name: ref.slice(dot + 1) };
  }),
});

/** An entry of schema app. */
export const entry = (
  dumpId: number,
  desc: string,
  tag: string,
  dependencies: number[],
  more: object = {},
): BuiltEntry => ({
  dumpId,
  desc,
  tag,
  schema: 'app',
  owner: 'me',
  definition: `-- ${tag};\n`,
  section: 2,
  dependencies,
  ...more,
});
