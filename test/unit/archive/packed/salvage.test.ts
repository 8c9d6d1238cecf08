import assert from 'node:assert/strict';
import { cpSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { checkStructure } from '../../../../src/core/archive/data/checkStructure';
import { EntryData } from '../../../../src/core/archive/data/entryData';
import { openFileSource } from '../../../../src/core/archive/bytes/byteSource';
import { readToc } from '../../../../src/core/archive/file/tocReader';
import { readRemains, writeRemains } from '../../../../src/core/archive/salvage/salvageArchive';
import type { Toc } from '../../../../src/core/archive/toc/toc';
import { fixture, fixtureNames, scratch } from '../files';

const CUSTOM = fixtureNames(/\.dump$/).filter((name) => !name.startsWith('piped'));

async function rowsOf(toc: Toc, index: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  const data = new EntryData(toc, () => openFileSource(toc.file));
  for await (const piece of data.pieces(index)) parts.push(piece);
  return Buffer.concat(parts);
}

describe('what is left of an archive', function () {
  this.timeout(60_000);
  const files = scratch();
  let number = 0;

  /** Writes what is left of `damaged`, and compares it with the archive that it was. */
  async function salvage(damaged: string, original: string): Promise<Map<string, number>> {
    const toc = await readToc(damaged, {});
    const was = await readToc(fixture(original), {});
    const remains = await readRemains(toc, {});
    const file = path.join(files.dir, `${number++}.salvaged`);
    const { rows } = await writeRemains(toc, remains, file, {});
    const saved = await readToc(file, {});
    const { problems } = await checkStructure(file, { full: true });
    const states = new Map<string, number>();
    for (const [index, state] of remains.states) {
      states.set(state, (states.get(state) ?? 0) + 1);
      if (saved.desc(index) !== 'TABLE DATA') continue;
      if (state === 'lost') continue;
      const [is, expected] = [await rowsOf(saved, index), await rowsOf(was, index)];
      if (state === 'whole') assert.ok(is.equals(expected), saved.tag(index));
      else {
        const kept = is.subarray(0, -5);
        assert.ok(expected.subarray(0, kept.length).equals(kept), saved.tag(index));
        assert.equal(kept.toString('latin1').split('\n').length - 1, rows.get(index) ?? 0);
        // Of lz4 and zstd only whole blocks can be read, which hold more than these tables.
        if (!/lz4|zstd/.test(original)) assert.ok(kept.length > 0, saved.tag(index));
      }
    }
    const lost = [...remains.states].filter(([, state]) => state === 'lost');
    assert.ok(problems.every(({ kind }) => kind === 'missingData'));
    assert.ok(problems.length <= lost.length + 1);
    return states;
  }

  for (const name of [...CUSTOM, 'piped.17.dump', 'mini.15.tar', 'mini.18.tar']) {
    it(`is whole but for the last table that was begun: ${name}`, async () => {
      const bytes = readFileSync(fixture(name));
      const { endOffset } = await readToc(fixture(name), {});
      const keep = Math.floor(endOffset + (bytes.length - endOffset) * 0.7);
      const states = await salvage(files.write(name, bytes.subarray(0, keep)), name);
      assert.ok((states.get('whole') ?? 0) > 0);
      assert.ok((states.get('lost') ?? 0) > 0);
    });
  }

  it('are rows up to where each table was cut, in every format', async () => {
    for (const name of [
      'mini.17.dump',
      'mini.18.zstd.dump',
      'mini.18.lz4.dump',
      'mini.16.none.dump',
    ]) {
      const bytes = readFileSync(fixture(name));
      const toc = await readToc(fixture(name), {});
      const { dataSizes } = await checkStructure(fixture(name), { full: true });
      const [largest] = toc
        .withData()
        .filter((index) => toc.desc(index) === 'TABLE DATA')
        .sort((a, b) => (dataSizes.get(toc.dumpId(b)) ?? 0) - (dataSizes.get(toc.dumpId(a)) ?? 0));
      const start = toc.dataOffset(largest ?? -1) ?? 0;
      const half = start + (dataSizes.get(toc.dumpId(largest ?? -1)) ?? 0) / 2;
      const states = await salvage(files.write(name, bytes.subarray(0, half)), name);
      assert.equal(states.get('cut'), 1, name);
    }
  });

  it('of a directory archive lacks the member that is cut, missing or changed', async () => {
    const dir = path.join(files.dir, 'dir');
    cpSync(fixture('mini.17.dir'), dir, { recursive: true });
    const toc = await readToc(dir, {});
    const members = toc
      .withData()
      .filter((index) => toc.desc(index) === 'TABLE DATA')
      .map((index) => path.join(dir, `${toc.fileName(index)}.gz`))
      .sort((a, b) => statSync(b).size - statSync(a).size);
    const [cut = '', changed = ''] = members;
    truncateSync(cut, statSync(cut).size / 2);
    const bytes = readFileSync(changed);
    bytes[bytes.length >> 1]! ^= 0xff;
    writeFileSync(changed, bytes);
    const states = await salvage(dir, 'mini.17.dir');
    assert.equal(states.get('cut'), 1);
    assert.equal(states.get('lost'), 1);
  });

  it('of an archive that was changed within is what was not', async () => {
    const name = 'mini.17.dump';
    const bytes = readFileSync(fixture(name));
    const { endOffset } = await readToc(fixture(name), {});
    bytes[endOffset + ((bytes.length - endOffset) >> 1)]! ^= 0xff;
    const states = await salvage(files.write('changed.dump', bytes), name);
    assert.equal(states.get('lost'), 1);
    assert.ok((states.get('whole') ?? 0) > 5);
  });
});
