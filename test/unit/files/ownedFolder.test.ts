import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { makeOwnedFolder } from '../../../src/core/files/ownedFolder';
import { scratch } from '../archive/files';

describe('a temporary folder of a process', () => {
  const { dir } = scratch();
  const hour = 3_600_000;
  const gone = spawnSync(process.execPath, ['-e', '']).pid;

  function make(name: string, hoursAgo: number): string {
    const folder = path.join(dir, name);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'schema.dump'), 'x');
    const when = new Date(Date.now() - hoursAgo * hour);
    utimesSync(folder, when, when);
    return folder;
  }

  it('is private, and takes the place of those that killed processes have left', async () => {
    const left = make(`owned-${gone}-abc`, 25);
    const others = [
      make(`owned-${gone}-new`, 23),
      make(`owned-${process.pid}-mine`, 25),
      make(`owned-1-init`, 25),
      make(`owned--1-all`, 25),
      make(`owned-x`, 25),
      make(`other-${gone}-abc`, 25),
    ];
    const outside = make('outside', 25);
    symlinkSync(outside, path.join(dir, `owned-${gone}-link`));
    const made = await makeOwnedFolder('owned-', dir);
    assert.ok(path.basename(made).startsWith(`owned-${process.pid}-`));
    assert.deepEqual(readdirSync(made), []);
    if (process.platform !== 'win32') assert.equal(statSync(made).mode & 0o777, 0o700);
    assert.equal(existsSync(left), false);
    for (const other of [...others, outside]) {
      assert.deepEqual(readdirSync(other), ['schema.dump'], other);
    }
  });
});
