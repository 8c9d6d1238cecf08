import assert from 'node:assert/strict';
import path from 'node:path';
import { argumentsAreUtf8 } from '../../src/core/pgtools/locate/ansiCodePage';
import { adminQuery } from '../support/machine/adminSession';
import { newestServer } from '../support/servers';
import { BeyondAscii } from './beyondAscii';

describe('jobs by Windows’ tools', () => {
  let world: BeyondAscii;

  before(async () => (world = await BeyondAscii.create()));
  after(() => world.dispose());

  it('back up and restore names beyond the code page', () => world.roundTrip('custom'));

  it('take tables by their names', async () => {
    const { harness, folder, tables } = world;
    const file = path.join(folder, 'tables.dump');
    const made = await harness.backup({ connectionId: 'source', outputPath: file, tables });
    assert.deepEqual([made.status, made.failure], ['completed', null]);
  });

  it('say what they cannot be told, before they run; in UTF-8 they are told everything', async () => {
    const utf8 = process.env['PGBR_TEST_CODE_PAGE'] === '65001';
    assert.equal(await argumentsAreUtf8(), utf8);
    await adminQuery(newestServer(), 'DROP ROLE IF EXISTS "Jürgen Ω"');
    await adminQuery(newestServer(), 'CREATE ROLE "Jürgen Ω" SUPERUSER');
    const { status, failure } = await world.harness.backup({
      connectionId: 'source',
      outputPath: world.harness.path('x.dump'),
      extraArgs: ['--role=Jürgen Ω'],
    });
    assert.deepEqual(
      [status, failure?.code],
      utf8 ? ['completed', undefined] : ['failed', 'optionInvalid'],
    );
  });

  it('end when they are cancelled, and leave nothing', async () => {
    const { harness } = world;
    const file = harness.path('cancelled.dump');
    const { job, finished } = harness.startBackup({ connectionId: 'source', outputPath: file });
    void harness.manager.cancel(job.id);
    assert.equal((await finished).status, 'cancelled');
    assert.deepEqual(await harness.leftovers(), []);
  });
});
