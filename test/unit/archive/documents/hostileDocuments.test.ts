import assert from 'node:assert/strict';
import { openArchiveDocument } from '../../../../src/core/archive/documents/archiveDocument';
import { ddlOf } from '../../../../src/core/archive/documents/entryDdl';
import { closeSelection } from '../../../../src/core/archive/documents/selection';
import { buildArchive, type BuiltEntry } from '../buildArchive';
import { scratch } from '../files';
import { collect } from './opened';
import { useBytes } from './useDump';

describe('a hostile dump as a document', () => {
  const files = scratch();

  it('whose entries depend on themselves and on each other can be selected', async () => {
    const ring = Array.from({ length: 50 }, (_, i): BuiltEntry => {
      const desc = ['TABLE', 'INDEX', 'COMMENT', 'TABLE ATTACH', 'SEQUENCE'][i % 5]!;
      return {
        dumpId: i + 1,
        desc,
        tag: `x${i % 7}`,
        schema: 's',
        dependencies: [i + 1, ((i + 1) % 50) + 1, 1],
      };
    });
    const file = files.write('ring.dump', buildArchive(ring));
    const document = await openArchiveDocument(file);
    const closed = await closeSelection(document, [10]);
    assert.ok(closed.ids.length > 1 && closed.ids.length <= 50);
    await useBytes(buildArchive(ring));
  });

  it('that uses a dump id twice has entries of its own for both', async () => {
    const entries: BuiltEntry[] = [
      { dumpId: 1, desc: 'TABLE', tag: 'a', schema: 's', definition: 'CREATE TABLE a ();\n' },
      { dumpId: 1, desc: 'TABLE', tag: 'b', schema: 's', definition: 'CREATE TABLE b ();\n' },
    ];
    const document = await openArchiveDocument(files.write('twice.dump', buildArchive(entries)));
    assert.deepEqual([document.names(0).tag, document.names(1).tag], ['a', 'b']);
    assert.match((await collect(ddlOf(document, [1]))).join(''), /CREATE TABLE b/);
  });
});
