import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { scratch } from '../../archive/files';
import {
  identify,
  livenessOf,
  identityShape,
} from '../../../../src/core/jobs/supervisor/store/processIdentity';
import { itNeeds } from '../../../support/needs';

describe('whether a process still runs', () => {
  const { openSync } = fs;
  const files = scratch();
  let child: ChildProcess;
  before(() => (child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])));
  afterEach(() => (fs.openSync = openSync));
  after(() => child.kill('SIGKILL'));

  /** As if /proc answered so for every process. */
  function procAnswers(answer: string | { code: string }): void {
    const file = files.write('stat', typeof answer === 'string' ? answer : '');
    fs.openSync = (name, ...rest) => {
      if (!/^\/proc\/\d+\/stat$/.test(String(name))) return openSync(name, ...rest);
      if (typeof answer === 'string') return openSync(file, ...rest);
      throw Object.assign(new Error(answer.code), answer);
    };
  }

  itNeeds('signals', 'is certain only where the system says so', async () => {
    const identity = identify(child.pid);
    assert.equal(livenessOf(identity), 'running');
    assert.equal(livenessOf({ ...identity, stamp: `${identity.stamp}0` }), 'gone');
    assert.equal(livenessOf({ ...identity, stamp: null }), 'unknown');
    assert.equal(livenessOf({ ...identity, host: 'another' }), 'unknown');
    assert.equal(livenessOf({ ...identity, space: 'pid:[1]' }), 'unknown');
    const dead = spawn(process.execPath, ['-e', '']);
    const ended = identify(dead.pid);
    await once(dead, 'exit');
    assert.equal(livenessOf(ended), 'gone');
  });

  for (const code of ['ENOENT', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'EIO', 'ESRCH', 'ENOMEM']) {
    it(`is unknown when /proc cannot be read: ${code}`, () => {
      const identity = identify(child.pid);
      procAnswers({ code });
      assert.equal(livenessOf(identity), 'unknown');
      // One that was written down without a look at /proc is not judged later either.
      assert.equal(identify(child.pid).stamp, null);
    });
  }

  for (const stat of ['', '1', '4711 (node)', '4711 (node) S', '4711 (a) S b) ? 1 2', '\0\0']) {
    it(`is unknown when /proc answers ${JSON.stringify(stat)}`, () => {
      const identity = identify(child.pid);
      procAnswers(stat);
      assert.equal(livenessOf(identity), 'unknown');
    });
  }

  it('is certain without /proc, too, when there is no such process', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    procAnswers({ code: 'ENOENT' });
    assert.equal(livenessOf({ ...identify(), pid }), 'gone');
  });

  itNeeds('signals', 'is certain by the start that ps tells, as on macOS', async () => {
    const { platform } = process;
    Object.defineProperty(process, 'platform', { value: 'darwin' });
    try {
      const identity = identify(child.pid);
      assert.match(identity.stamp ?? '', /^[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ [\d:]{8} \d{4}$/);
      assert.equal(livenessOf(identity), 'running');
      assert.equal(livenessOf({ ...identity, stamp: 'Thu Jan  1 00:00:00 1970' }), 'gone');
      const dead = spawn(process.execPath, ['-e', '']);
      const ended = identify(dead.pid);
      await once(dead, 'exit');
      assert.equal(livenessOf(ended), 'gone');
    } finally {
      Object.defineProperty(process, 'platform', { value: platform });
    }
  });

  it('is not asked of numbers that mean other than one process', () => {
    const good = identify();
    assert.ok(identityShape.safeParse(good).success);
    for (const pid of [1, 0, -1, -2, 1.5, 2 ** 31, NaN, Infinity, '4711', null, undefined]) {
      assert.equal(identityShape.safeParse({ ...good, pid }).success, false, String(pid));
    }
  });
});
