import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getBackupInfo } from '../../../src/core/archive/inspect/backupInfo';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { addRun } from '../../../src/core/jobs/progress/estimate/runHistory';
import { databaseKey, runsKey } from '../../../src/core/jobs/progress/estimate/sameRun';
import type { RestoreOptions } from '../../../src/core/model/options';
import { RestoreEstimates } from '../../../src/vscode/jobs/restoreEstimates';
import { repoPaths } from '../../support/repoPaths';

const profile = { id: 'here', host: 'db.example' };
const archive = path.join(repoPaths.fixtures, 'archives/mini.17.dump');

describe('how long a restore will take', () => {
  const storeDir = mkdtempSync(path.join(tmpdir(), 'restore-estimates-'));
  after(() => rmSync(storeDir, { recursive: true, force: true }));
  let opened = 0;
  let released = 0;
  const info = getBackupInfo(archive, {});
  type Services = ConstructorParameters<typeof RestoreEstimates>;
  const estimates = new RestoreEstimates(
    { connection: () => profile } as unknown as Services[0],
    { info: () => info } as unknown as Services[1],
    {
      open: (file: string) => {
        opened++;
        return Promise.resolve({ path: file, release: () => released++ });
      },
    } as unknown as Services[2],
    storeDir,
  );
  const look = (more: Partial<RestoreOptions> = {}): ReturnType<RestoreEstimates['look']> => {
    const options = { ...restoreDefaults(), connectionId: 'here', inputPath: archive, ...more };
    return estimates.look(options, new AbortController().signal);
  };

  it('is told from the file alone, then from the restores on the server, and asks no server', async () => {
    const first = await look();
    assert.equal(first?.basis, 'tables');
    assert.ok(first.milliseconds > 0 && first.bytes === null);
    const { database } = await info;
    const same = { database: databaseKey(database), how: JSON.stringify(['archive', 1]) };
    const planned = { bytes: 1, seconds: 1 };
    const real = { bytes: 1, seconds: 7 };
    const history = path.join(storeDir, 'history');
    await addRun(history, runsKey(profile, 'restores'), { ...same, planned, sampled: null, real });
    const known = await look({ jobs: 1 });
    assert.equal(known?.basis, 'sameBackup');
    assert.ok(
      Math.abs(known.milliseconds / first.milliseconds - 7) < 3,
      String(known.milliseconds),
    );
    assert.equal((await look({ jobs: 3 }))?.basis, 'connection');
  });

  it('is unknown for what can be saved of a damaged file; no file stays held', async () => {
    assert.equal(await look({ salvage: true }), null);
    assert.ok(opened > 0);
    assert.equal(released, opened);
  });
});
