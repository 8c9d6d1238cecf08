import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { openArchiveDocument } from '../../../../src/core/archive/document/archiveDocument';
import { checkStructure } from '../../../../src/core/archive/data/checkStructure';
import { detectFile } from '../../../../src/core/archive/file/detectFile';
import { archiveBeside } from '../../../../src/core/archive/packed/archiveBeside';
import { openPacked } from '../../../../src/core/archive/packed/openPacked';
import { readToc } from '../../../../src/core/archive/file/tocReader';
import { readRemains } from '../../../../src/core/archive/salvage/salvageArchive';
import { AppError } from '../../../../src/core/errors';
import { buildZip, endOfLargeZip, type ZipMember } from '../../../support/packed/buildZip';
import { packedCases } from '../../../support/packed/corpus';
import { extractTar } from '../../../support/packed/dumpFiles';
import { fixture, scratch } from '../files';

/** Everything that a document lists, in its order. */
async function listing(file: string): Promise<string[]> {
  const document = await openArchiveDocument(file);
  assert.equal(document.damage, null);
  return Array.from({ length: document.count }, (_, id) => {
    const { desc, schema, tag, owner } = document.entryAt(id);
    return [desc, schema, tag, owner].join(' ');
  });
}

describe('a packed dump', function () {
  this.timeout(60_000);
  const files = scratch();
  let number = 0;
  let dir = '';
  let folder = '';
  const folders = (): string => {
    folder = path.join(dir, 'unpacked');
    return mkdtempSync(`${folder}-`);
  };

  beforeEach(() => {
    dir = mkdtempSync(path.join(files.dir, `${number++}-`));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const cutAt: readonly (readonly [name: string, packed: () => Buffer, part: number])[] = [
    ['mini.17.dump', () => gzipSync(readFileSync(fixture('mini.17.dump'))), 0.6],
    ['mini.16.none.dump', () => gzipSync(readFileSync(fixture('mini.16.none.dump'))), 0.9],
    ['mini.18.tar', () => gzipSync(readFileSync(fixture('mini.18.tar'))), 0.8],
    ['mini.17.dump', () => gzipSync(gzipSync(readFileSync(fixture('mini.17.dump')))), 0.8],
  ];
  for (const [name, make, part] of cutAt) {
    it(`that was cut at ${part} of it is opened as far as it is there: ${name}`, async () => {
      const whole = make();
      const file = path.join(dir, 'x.dump.gz');
      writeFileSync(file, whole.subarray(0, Math.floor(whole.length * part)));
      const { path: at } = await openPacked(file, { folder: folders });
      const is = readFileSync(at);
      const was = readFileSync(fixture(name));
      assert.ok(is.equals(was.subarray(0, is.length)));
      assert.ok(is.length > was.length * part * 0.5 && is.length < was.length, String(is.length));
      assert.equal((await checkStructure(at, { full: true })).complete, false);
      const states = [...(await readRemains(await readToc(at, {}), {})).states.values()];
      assert.ok(states.includes('whole') && states.some((state) => state !== 'whole'));
    });
  }

  for (const { name, make, verdict } of packedCases) {
    it(`${'opens' in verdict ? 'opens' : `is refused (${verdict.refused})`}: ${name}`, async () => {
      const file = make(dir);
      const before = readdirSync(files.dir);
      const opening = openPacked(file, { folder: folders });
      if ('refused' in verdict) {
        await assert.rejects(opening, (error) => {
          assert.ok(AppError.is(error), String(error));
          assert.equal(error.code, verdict.refused);
          // The sentence names what the user knows, whatever layer is wrong.
          const { path: named = file } = error.details as { path?: string };
          assert.equal(path.dirname(named), path.dirname(file));
          for (const [key, value] of Object.entries(verdict.details ?? {})) {
            assert.deepEqual((error.details as Record<string, unknown>)[key], value);
          }
          return true;
        });
      } else {
        const { path: at, packed } = await opening;
        const member = verdict.member ?? null;
        assert.deepEqual(packed, verdict.by.length === 0 ? null : { by: verdict.by, member });
        assert.deepEqual(await listing(at), await listing(fixture(verdict.opens)));
        assert.notEqual((await checkStructure(at, { full: true })).complete, false);
      }
      assert.deepEqual(readdirSync(files.dir), before, 'nothing lies elsewhere');
      assert.ok(!existsSync('/etc/shop.dump'));
    });
  }

  it('that was split into as many files as two letters name is opened as one', async () => {
    const whole = readFileSync(fixture('mini.17.dump'));
    const parts = 26 * 26;
    const size = Math.ceil(whole.length / parts);
    for (let i = 0; i < parts; i++) {
      const name = String.fromCharCode(97 + Math.floor(i / 26), 97 + (i % 26));
      const end = i === parts - 1 ? whole.length : (i + 1) * size;
      writeFileSync(path.join(dir, `whole.dump.${name}`), whole.subarray(i * size, end));
    }
    const { path: at } = await openPacked(path.join(dir, 'whole.dump.aa'), { folder: folders });
    assert.ok(readFileSync(at).equals(whole));
  });

  it('of several is chosen by its name', async () => {
    const choice = packedCases.find(({ name }) => name === 'a zip with two dumps');
    assert.ok(choice);
    const file = choice.make(dir);
    const { path: at, packed } = await openPacked(file, { folder: folders, member: 'a.dump' });
    assert.deepEqual(packed, { by: ['zip'], member: 'a.dump' });
    assert.deepEqual(await listing(at), await listing(fixture('mini.17.dump')));
    await assert.rejects(openPacked(file, { folder: folders, member: 'c.dump' }), (error) =>
      AppError.is(error, 'objectUnknown'),
    );
  });

  it('can be cancelled while it is unpacked', async () => {
    const packed = packedCases.find(({ name }) => name === 'a custom archive in bzip2');
    assert.ok(packed);
    const controller = new AbortController();
    const opening = openPacked(packed.make(dir), {
      folder: folders,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await assert.rejects(opening, (error) => AppError.is(error, 'cancelled'));
  });

  it('asks for no folder where nothing has to be unpacked', async () => {
    for (const name of ['mini.17.dump', 'mini.17.dir', 'mini.18.tar', 'plain.sql.xz']) {
      const opened = await openPacked(fixture(name), { folder: () => assert.fail(name) });
      assert.deepEqual(opened, { path: fixture(name), packed: null });
    }
  });

  it('is found beside the restore.sql of an unpacked tar archive', async () => {
    const unpacked = path.join(dir, 'unpacked');
    extractTar('mini.15.tar', unpacked);
    const script = path.join(unpacked, 'restore.sql');
    assert.deepEqual(await detectFile(script), { kind: 'other', looksLike: 'tarScript' });
    assert.equal(await archiveBeside(script), unpacked);
    rmSync(path.join(unpacked, 'toc.dat'));
    assert.equal(await archiveBeside(script), null);
    const tar = path.join(dir, 'shop.tar');
    copyFileSync(fixture('mini.15.tar'), tar);
    assert.equal(await archiveBeside(script), tar);
  });

  const many = (count: number, name: string, content: string): ZipMember[] =>
    Array.from({ length: count }, (_, i) => ({ name: `${i}${name}`, content, stored: true }));
  const tooMany: readonly [what: string, zip: () => Buffer][] = [
    ['says it has ten million files', () => endOfLargeZip(10_000_000)],
    [
      'has hundreds of files whose beginnings take long to unpack, and tables of contents',
      () => buildZip([...many(249, '.bz2', 'BZh91AY&SY'), ...many(21, '/toc.dat', 'PGDMP')]),
    ],
  ];

  for (const [what, zip] of tooMany) {
    it(`that ${what} is refused without a look at all of them`, async () => {
      const opening = openPacked(files.write('many.zip', zip()), { folder: folders });
      await assert.rejects(opening, (error) => {
        assert.ok(AppError.is(error, 'unpacksTooLarge'), String(error));
        return error.details.reason === 'files';
      });
    });
  }
});
