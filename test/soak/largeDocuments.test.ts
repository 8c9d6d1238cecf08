import assert from 'node:assert/strict';
import { openArchiveDocument } from '../../src/core/archive/document/archiveDocument';
import { compareDocuments } from '../../src/core/archive/ddl/compare';
import { wholeSchema } from '../../src/core/archive/ddl/normalise';
import {
  closeSelection,
  dependentsOf,
  entriesOfSchema,
} from '../../src/core/archive/document/selection';
import { cpuTime } from '../support/measure/cpuTime';
import { soak } from '../support/tiers/soak';
import { buildArchive } from '../unit/archive/buildArchive';
import { scratch } from '../unit/archive/files';

/** A long run has as many as the editor was made for. */
const count = soak.isLong ? 60_000 : 12_000;

describe('a document of many entries', () => {
  const files = scratch();

  it(`never holds the event loop for long, with ${count} entries`, async () => {
    const entries = Array.from({ length: count }, (_, i) => ({
      dumpId: i + 1,
      desc: ['TABLE', 'INDEX', 'CONSTRAINT', 'COMMENT'][i % 4]!,
      tag: i % 4 === 2 ? `t${i - 2} pk` : `t${i}`,
      schema: `s${Math.floor(i / 4) % 50}`,
      dependencies: i % 4 === 0 ? [] : [i - (i % 4) + 1],
    }));
    const file = files.write('many.dump', buildArchive(entries));
    // Time of work between two turns of the loop: other processes do not count.
    let longest = 0;
    let before = cpuTime();
    const timer = setInterval(() => {
      longest = Math.max(longest, cpuTime() - before);
      before = cpuTime();
    }, 1);
    try {
      const document = await openArchiveDocument(file);
      let seen = 0;
      for await (const piece of document.columns()) seen += piece.count;
      assert.equal(seen, count);
      assert.equal((await document.children(0)).length, 3);
      assert.equal((await document.dependents(0)).length, 3);
      const schema = entriesOfSchema(document, 's1');
      assert.equal(schema.length, count / 50);
      assert.equal((await closeSelection(document, schema)).ids.length, count / 50);
      assert.equal((await dependentsOf(document, [0, 4, 8])).ids.length, 9);
      assert.equal((await compareDocuments(document, document)).same, count);
      assert.ok((await wholeSchema(document)).length > count * 10);
    } finally {
      clearInterval(timer);
    }
    assert.ok(longest < 100, `${longest} ms`);
  });
});
