import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SpareSupervisor } from '../../../../src/core/jobs/supervisor/window/spareSupervisor';

describe('supervisors that wait for a job', () => {
  let dir: string;
  let script: string;
  before(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'pgbackup-spare-'));
    script = path.join(dir, 'supervisor.js');
    writeFileSync(script, "process.on('disconnect', () => process.exit());");
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it('the expected one is taken before the spare one, by its kind alone', async () => {
    const supervisors = new SpareSupervisor({ script, codeDir: dir });
    const stopExpecting = supervisors.expect('backup');
    const stopPrewarming = supervisors.prewarm();
    const expected = supervisors.takeReady('backup');
    assert.ok(expected?.spawnargs.includes('backup'));
    const spare = supervisors.takeReady('backup');
    assert.ok(spare && !spare.spawnargs.includes('backup'));
    assert.equal(supervisors.takeReady('backup'), null);
    stopPrewarming();
    stopExpecting();
    const stopOther = supervisors.expect('verify');
    assert.equal(supervisors.takeReady('backup'), null);
    const other = supervisors.takeReady('verify');
    stopOther();
    for (const child of [expected, spare, other]) {
      assert.ok(child?.connected);
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    }
  });
});
