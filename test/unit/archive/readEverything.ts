import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import { memorySource } from '../../support/packed/memorySource';
import { checkCustom } from '../../../src/core/archive/data/customBlocks';
import { readTocFrom } from '../../../src/core/archive/file/readTocFrom';
import { closeDependencies } from '../../../src/core/archive/selection/closeDependencies';
import { selectEntries } from '../../../src/core/archive/selection/restoreList';
import { restorePlan } from '../../../src/core/archive/selection/restorePlan';
import { encodingEntry, type BuiltEntry } from './buildArchive';

/** A table with its rows, in a schema. */
export const fewEntries: BuiltEntry[] = [
  encodingEntry('UTF8'),
  { dumpId: 1, desc: 'SCHEMA', tag: 'app' },
  { dumpId: 2, desc: 'TABLE', tag: 'orders', schema: 'app', dependencies: [1] },
  {
    dumpId: 3,
    desc: 'TABLE DATA',
    tag: 'orders',
    schema: 'app',
    dependencies: [2],
    data: '1\n2\n',
  },
];
/** What a file that is no whole archive may be called. */
export const refusals: ReadonlySet<string> = new Set([
  'notADump',
  'archiveDamaged',
  'archiveVersionUnsupported',
]);

/**
 * Does everything that is done with an archive in memory, and tells what it was taken for. Errors
 * other than ours come through.
 */
export async function readEverything(bytes: Buffer): Promise<'whole' | 'damaged' | 'refused'> {
  const source = memorySource(bytes);
  const place = { path: 'x', file: 'x', container: 'custom' as const, start: 0, end: bytes.length };
  try {
    const toc = await readTocFrom(source, place);
    toc.entries();
    for (const i of toc.listed()) toc.indexOf(toc.dumpId(i));
    const { complete } = await checkCustom(source, toc, { full: true });
    await restorePlan(toc, null);
    await closeDependencies(
      toc,
      (await selectEntries(toc, { schemas: null, tables: null })).indexes,
    );
    return complete === true ? 'whole' : 'damaged';
  } catch (error) {
    assert.ok(AppError.is(error) && refusals.has(error.code), String(error));
    return 'refused';
  }
}
