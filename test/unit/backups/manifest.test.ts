import assert from 'node:assert/strict';
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../src/core/errors';
import { backupFiles, hashFiles } from '../../../src/core/backups/files/hashFiles';
import {
  manifestPath,
  withVerification,
  type Manifest,
} from '../../../src/core/backups/manifest/manifest';
import { readManifest } from '../../../src/core/backups/manifest/readManifest';
import {
  isManifest,
  removeManifest,
  writeManifest,
} from '../../../src/core/backups/manifest/writeManifest';
import { FilesMatch } from '../../../src/core/backups/files/filesMatch';
import { scratch } from '../archive/files';
import { itNeeds } from '../../support/needs';

const verification: Manifest['verifications'][number] = {
  level: 'structure',
  outcome: 'passed',
  at: '2026-01-01T00:00:00.000Z',
  durationMs: 5,
  tool: null,
  checksums: 'none',
  blind: true,
  problems: [],
  problemCount: 0,
  tables: null,
  rows: null,
};

const RUN_ID = '0123456789ab';

async function manifestFor(file: string): Promise<Manifest> {
  const files = await backupFiles(file);
  return {
    manifestVersion: 1,
    format: files.directory ? 'directory' : 'custom',
    backup: null,
    modified: new Date(files.modifiedMs).toISOString(),
    files: await hashFiles(file, files),
    verifications: [verification],
  };
}

describe('a manifest', () => {
  const files = scratch();
  const invalid = (part: RegExp) => (e: unknown) =>
    AppError.is(e, 'manifestInvalid') && part.test(e.details.problem);

  it('comes back as it was written, and leaves nothing beside it', async () => {
    const file = files.write('one.dump', 'abc');
    assert.equal(await readManifest(file), null);
    const manifest = await manifestFor(file);
    await writeManifest(file, manifest, RUN_ID);
    assert.deepEqual(await readManifest(file), manifest);
    assert.equal(await isManifest(manifestPath(file)), true);
    // SHA-256 of `abc` by FIPS 180-2.
    assert.equal(
      manifest.files[0]?.sha256,
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    assert.deepEqual(readdirSync(files.dir).sort(), ['one.dump', 'one.dump.backup.json']);
    await removeManifest(file);
    assert.equal(await readManifest(file), null);
    assert.equal(await isManifest(manifestPath(file)), false);
  });

  it('is refused when it is not what it should be', async () => {
    const file = files.write('bad.dump', 'abc');
    const good = await manifestFor(file);
    const [first] = good.files;
    const variants: [RegExp, unknown][] = [
      [/^no JSON$/, '{"manifestVersion": 1'],
      [/newer version/, { ...good, manifestVersion: 2 }],
      [/manifestVersion/, { ...good, manifestVersion: 'x' }],
      [/format/, { ...good, format: 'zip' }],
      [/files\.0\.name/, { ...good, files: [{ ...first, name: '../../etc/passwd' }] }],
      [/files\.0\.name/, { ...good, files: [{ ...first, name: '..' }] }],
      [/files\.0\.name/, { ...good, files: [{ ...first, name: 'a\\b' }] }],
      [/files\.0\.sizeBytes/, { ...good, files: [{ ...first, sizeBytes: -1 }] }],
      [/files\.0\.sha256/, { ...good, files: [{ ...first, sha256: 'short' }] }],
      [/modified/, { ...good, modified: 'yesterday' }],
      [/verifications\.0\.at/, { ...good, verifications: [{ ...verification, at: 1 }] }],
      [/^$/, null],
      [/^$/, []],
    ];
    for (const [problem, value] of variants) {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      writeFileSync(manifestPath(file), text);
      await assert.rejects(readManifest(file), invalid(problem), text);
    }
    writeFileSync(manifestPath(file), '');
    truncateSync(manifestPath(file), 65 << 20);
    await assert.rejects(readManifest(file), invalid(/too large/));
  });

  it('keeps no foreign prototype', async () => {
    const file = files.write('proto.dump', 'abc');
    const text = JSON.stringify(await manifestFor(file));
    writeFileSync(manifestPath(file), text.replace('{', '{"__proto__":{"polluted":1},'));
    const read = await readManifest(file);
    assert.ok(read);
    assert.equal('polluted' in read, false);
  });

  it('is not written over what is something else, nor read from it', async () => {
    const file = files.write('else.dump', 'abc');
    writeFileSync(manifestPath(file), '{"mine": true}');
    const manifest = await manifestFor(file);
    await assert.rejects(writeManifest(file, manifest, RUN_ID), (e) =>
      AppError.is(e, 'manifestNotWritten'),
    );
    await removeManifest(file);
    assert.equal(readFileSync(manifestPath(file), 'utf8'), '{"mine": true}');
    assert.equal(await isManifest(manifestPath(file)), false);
    const other = files.write('dir.dump', 'abc');
    mkdirSync(manifestPath(other));
    await assert.rejects(readManifest(other), (e) => AppError.is(e));
    assert.equal(await isManifest(manifestPath(other)), false);
    await assert.rejects(writeManifest(other, manifest, RUN_ID), (e) =>
      AppError.is(e, 'manifestNotWritten'),
    );
    assert.ok(readdirSync(files.dir).every((name) => !name.endsWith('.partial')));
  });

  it('keeps the newest verification of each level, and a bounded history', () => {
    let all: Manifest['verifications'] = [];
    for (let i = 0; i < 60; i++) {
      const level = i === 0 ? 'trialRestore' : i % 2 ? 'structure' : 'fullRead';
      all = withVerification(all, { ...verification, level, durationMs: i });
    }
    assert.equal(all.length, 23);
    assert.deepEqual(
      all.slice(0, 3).map((each) => each.durationMs),
      [59, 58, 57],
    );
    assert.equal(all.at(-1)?.level, 'trialRestore');
  });

  itNeeds('links', 'tells whether it is about these files', async () => {
    const file = files.write('state.dump', 'abc');
    const manifest = await manifestFor(file);
    const state = async (more: Partial<Manifest> = {}, at = file): Promise<string> => {
      const written = { ...manifest, ...more };
      const match = new FilesMatch(await backupFiles(at));
      for (const each of written.files) match.add(each);
      return match.state(written);
    };
    assert.equal(await state(), 'fresh');
    assert.equal(await state({ modified: '2020-01-01T00:00:00Z' }), 'touched');
    assert.equal(await state({ format: 'directory' }), 'stale');
    assert.equal(await state({}, files.write('renamed.dump', 'abc')), 'fresh');
    assert.equal(await state({}, files.write('longer.dump', 'abcd')), 'stale');

    const directory = path.join(files.dir, 'members');
    mkdirSync(directory);
    writeFileSync(path.join(directory, 'toc.dat'), 'x');
    writeFileSync(path.join(directory, '1.dat'), 'y');
    symlinkSync('toc.dat', path.join(directory, '3.dat'));
    const members = await manifestFor(directory);
    assert.deepEqual(
      members.files.map((each) => each.name),
      ['1.dat', '3.dat', 'toc.dat'],
    );
    assert.equal(await state(members, directory), 'fresh');
    writeFileSync(path.join(directory, '.DS_Store'), 'z');
    assert.equal(await state(members, directory), 'fresh');
    writeFileSync(path.join(directory, '2.dat'), 'z');
    assert.equal(await state(members, directory), 'stale');
  });
});
