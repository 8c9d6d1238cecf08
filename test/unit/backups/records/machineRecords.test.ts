import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {
  backupDigest,
  backupStamp,
  untilSettled,
} from '../../../../src/core/backups/records/backupStamp';
import { backupFiles, hashFiles } from '../../../../src/core/backups/files/hashFiles';
import { manifestPath } from '../../../../src/core/backups/manifest/manifest';
import { writeManifest } from '../../../../src/core/backups/manifest/writeManifest';
import { readBackupEntry } from '../../../../src/core/backups/list/readBackupEntry';
import { MachineRecords } from '../../../../src/core/backups/records/machineRecords';
import type { BackupEntry, Verification } from '../../../../src/core/model/backups';
import { fixture, scratch } from '../../archive/files';
import { itNeeds } from '../../../support/needs';

const passed: Verification = {
  level: 'fullRead',
  outcome: 'passed',
  at: '2026-11-23T10:00:00.000Z',
  durationMs: 5,
  tool: 'pg_restore 17.11',
  checksums: 'none',
  blind: false,
  problems: [],
  problemCount: 0,
  tables: 1,
  rows: 1,
};

/** Flips a bit in the middle and leaves size and times as they were, as far as anybody can. */
function flipUnseen(file: string): void {
  const { atime, mtime } = statSync(file);
  const bytes = readFileSync(file);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  utimesSync(file, atime, mtime);
}

describe('what this machine knows of backups', () => {
  const files = scratch();
  let count = 0;

  function records(): MachineRecords {
    return new MachineRecords(path.join(files.dir, `records-${count++}`));
  }

  function copyOf(name: string): string {
    const backup = path.join(files.dir, `${count++}`, name);
    cpSync(fixture(name), backup, { recursive: true });
    return backup;
  }

  async function verify(
    known: MachineRecords,
    backup: string,
    verification: Verification = passed,
  ): Promise<void> {
    const found = await backupFiles(backup);
    await untilSettled(backup);
    const stamp = await backupStamp(backup);
    const digest = backupDigest(await hashFiles(backup, found), found.directory);
    await known.recordVerification(backup, { stamp, digest }, verification);
  }

  async function entryOf(known: MachineRecords, backup: string): Promise<BackupEntry> {
    const entry = await readBackupEntry(backup, { records: known });
    assert.ok(entry !== null && entry !== 'directory');
    return entry;
  }

  const member = (backup: string): string => path.join(backup, '3720.dat.gz');
  const changes: [string, 'mini.17.dump' | 'mini.17.dir', (backup: string) => void][] = [
    ['a flipped bit with the old time', 'mini.17.dump', flipUnseen],
    ['a flipped bit in a member', 'mini.17.dir', (backup) => flipUnseen(member(backup))],
    ['another time', 'mini.17.dump', (backup) => utimesSync(backup, 1, 1)],
    ['a byte more', 'mini.17.dump', (backup) => appendFileSync(backup, 'x')],
    ['a member more', 'mini.17.dir', (backup) => writeFileSync(path.join(backup, '1.dat'), '')],
    ['a member less', 'mini.17.dir', (backup) => rmSync(member(backup))],
    [
      'a copy in its place',
      'mini.17.dump',
      (backup) => {
        const { atime, mtime } = statSync(backup);
        renameSync(backup, `${backup}.old`);
        cpSync(`${backup}.old`, backup);
        utimesSync(backup, atime, mtime);
      },
    ],
    [
      'a member renamed to another',
      'mini.17.dir',
      (backup) => renameSync(member(backup), path.join(backup, '3722.dat.gz')),
    ],
  ];
  for (const [what, name, change] of changes) {
    it(`is of other files after ${what}: ${name}`, async () => {
      const known = records();
      const backup = copyOf(name);
      await verify(known, backup);
      assert.deepEqual((await entryOf(known, backup)).verified, passed);
      change(backup);
      const entry = await entryOf(known, backup);
      assert.equal(entry.verified, null);
      assert.deepEqual(entry.verifications, {});
      assert.equal(entry.changedSinceVerified, true);
      assert.equal(await known.find(backup), null);
    });
  }

  itNeeds(
    'links',
    'stays while nothing of the files changes, by whatever path they are reached',
    async () => {
      const known = records();
      const backup = copyOf('mini.17.dir');
      await verify(known, backup);
      writeFileSync(path.join(backup, '.DS_Store'), 'a file manager was here');
      const link = path.join(files.dir, 'link');
      symlinkSync(backup, link);
      for (const reached of [backup, `${backup}${path.sep}`, link]) {
        assert.deepEqual((await entryOf(known, reached)).verified, passed, reached);
      }
    },
  );

  it('is nothing a manifest can say: of a copy it is hearsay', async () => {
    const known = records();
    const backup = copyOf('mini.17.dump');
    const found = await backupFiles(backup);
    await writeManifest(
      backup,
      {
        manifestVersion: 1,
        format: 'custom',
        backup: null,
        modified: new Date(found.modifiedMs).toISOString(),
        files: await hashFiles(backup, found),
        verifications: [passed],
      },
      '0123456789ab',
    );
    const forged = await entryOf(known, backup);
    assert.deepEqual([forged.verified, forged.claims], [null, { fullRead: passed }]);
    const failed: Verification = { ...passed, outcome: 'failed' };
    await verify(known, backup, failed);
    const seen = await entryOf(known, backup);
    assert.deepEqual([seen.verified, seen.claims], [failed, {}]);
    const copy = path.join(files.dir, 'copy.dump');
    cpSync(backup, copy, { preserveTimestamps: true });
    cpSync(manifestPath(backup), manifestPath(copy));
    const copied = await entryOf(known, copy);
    assert.deepEqual([copied.verified, copied.claims], [null, { fullRead: passed }]);
    assert.equal(copied.changedSinceVerified, false);
  });

  it('keeps the other levels only while the bytes are the same', async () => {
    const known = records();
    const backup = copyOf('mini.17.dump');
    const structure: Verification = { ...passed, level: 'structure' };
    await known.recordMade(backup, passed.at);
    await verify(known, backup);
    utimesSync(backup, 1, 1);
    await verify(known, backup, structure);
    let found = await known.find(backup);
    assert.deepEqual(found?.verifications, [structure, passed]);
    assert.equal(found.made, passed.at);
    flipUnseen(backup);
    await verify(known, backup, structure);
    found = await known.find(backup);
    assert.deepEqual([found?.verifications, found?.made], [[structure], null]);
  });

  it('knows what a job of this machine has made, and no copy of it', async () => {
    const known = records();
    const backup = copyOf('mini.17.dump');
    await verify(known, backup);
    await known.recordMade(backup, passed.at);
    assert.deepEqual(await known.find(backup), {
      version: 1,
      stamp: await backupStamp(backup),
      digest: null,
      made: passed.at,
      verifications: [],
    });
    cpSync(backup, `${backup}.copy`);
    assert.equal(await known.find(`${backup}.copy`), null);
  });

  it('is of other files after a change of rights or a second name too, to be sure', async () => {
    const known = records();
    for (const change of [
      (file: string) => chmodSync(file, 0o600),
      (file: string) => linkSync(file, `${file}.other`),
    ]) {
      const backup = copyOf('mini.17.dump');
      await verify(known, backup);
      change(backup);
      assert.equal(await known.find(backup), null);
    }
  });

  it('takes nothing that is none for a record', async () => {
    const dir = path.join(files.dir, 'broken');
    const known = new MachineRecords(dir);
    const backup = copyOf('mini.17.dump');
    await verify(known, backup);
    const [name = ''] = readdirSync(dir);
    const file = path.join(dir, name);
    const good = readFileSync(file, 'utf8');
    const variants = [
      '',
      'null',
      good.slice(0, -1),
      good.replace('"version":1', '"version":2'),
      good.replace('"passed"', '"splendid"'),
      good.replace(/"stamp":"\w+"/, '"stamp":1'),
      good + ' '.repeat(3 << 20),
    ];
    for (const content of variants) {
      writeFileSync(file, content);
      assert.equal(await known.find(backup), null, content.slice(0, 80));
    }
    rmSync(file);
    mkdirSync(file);
    assert.equal(await known.find(backup), null);
  });
});
