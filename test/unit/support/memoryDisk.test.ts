import assert from 'node:assert/strict';
import { holdsPrograms } from '../../support/machine/memoryDisk';

describe('the file system in memory', () => {
  const cases: [what: string, mounts: string, usable: boolean][] = [
    ['a usual one', 'tmpfs /dev/shm tmpfs rw,nosuid,nodev,size=8g 0 0', true],
    [
      'one that runs no programs',
      'shm /dev/shm tmpfs rw,nosuid,nodev,noexec,size=65536k 0 0',
      false,
    ],
    [
      'one that was mounted over',
      'tmpfs /dev/shm tmpfs rw 0 0\n/dev/sda /dev/shm ext4 rw 0 0',
      false,
    ],
    ['a folder like any other', '/dev/sda / ext4 rw 0 0', false],
    ['one of another place', 'tmpfs /dev/shm/other tmpfs rw 0 0', false],
    ['nothing', '', false],
  ];
  for (const [what, mounts, usable] of cases) {
    it(`is ${usable ? '' : 'not '}used: ${what}`, () => {
      assert.equal(holdsPrograms(mounts, '/dev/shm'), usable);
    });
  }
});
