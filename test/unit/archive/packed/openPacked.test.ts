import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { openArchiveDocument } from '../../../../src/core/archive/document/archiveDocument';
import { checkStructure } from '../../../../src/core/archive/data/checkStructure';
import { detectFile } from '../../../../src/core/archive/file/detectFile';
import { archiveBeside } from '../../../../src/core/archive/packed/archiveBeside';
import { openPacked } from '../../../../src/core/archive/packed/openPacked';
import { AppError } from '../../../../src/core/errors';
import { endOfLargeZip } from '../../../support/packed/buildZip';
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

  for (const { name, make, verdict } of packedCases) {
    it(`${'opens' in verdict ? 'opens' : `is refused (${verdict.refused})`}: ${name}`, async () => {
      const file = make(dir);
      const before = readdirSync(files.dir);
      const opening = openPacked(file, { folder: folders });
      if ('refused' in verdict) {
        await assert.rejects(opening, (error) => {
          assert.ok(AppError.is(error), String(error));
          assert.equal(error.code, verdict.refused);
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

  it('that says it has ten million files is refused before they are looked at', async () => {
    const file = files.write('many.zip', endOfLargeZip(10_000_000));
    const opening = openPacked(file, { folder: folders });
    await assert.rejects(opening, (error) => {
      assert.ok(AppError.is(error, 'unpacksTooLarge'), String(error));
      return error.details.reason === 'files';
    });
  });
});
