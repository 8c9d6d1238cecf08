import assert from 'node:assert/strict';
import path from 'node:path';
import { buildConnection, type LibpqConnection } from '../../../../src/core/connections/libpq';
import { backupDefaults } from '../../../../src/core/forms/backup/backupDefaults';
import { applicationNameOf } from '../../../../src/core/jobs/job/jobContext';
import type { StartMessage } from '../../../../src/core/jobs/supervisor/messages';
import { AskedAhead } from '../../../../src/core/jobs/supervisor/process/askedAhead';

const profile = { id: 'shop', host: 'localhost', database: 'shop', user: 'me' };
const dir = path.resolve('no such directory');
/** It cannot be started: that is an answer as well. */
const psql = path.join(dir, 'psql');
const runId = '0123456789ab';
const limits = {
  ...{ concurrency: 1, stallTimeoutSeconds: 0 },
  ...{ connectTimeoutSeconds: 5, endWithWindow: false },
};
const start: StartMessage = {
  ...{ type: 'start', storeDir: dir, id: 'job', runId, ticket: 1, origin: undefined },
  request: {
    kind: 'backup',
    request: {
      options: {
        ...backupDefaults('custom'),
        connectionId: profile.id,
        outputPath: path.join(dir, 'shop.dump'),
      },
      overwrite: false,
    },
  },
  profiles: [profile],
  ...{ password: null, keyPassphrase: null },
  tools: {
    installs: [
      { dir, version: { major: 18, minor: 0, text: '18.0' }, tools: { psql }, source: 'path' },
    ],
    ...{ searched: [], rejected: [] },
  },
  ...{ inherited: {}, limits, translations: null },
};

/** Where the job would ask. */
const target = (database?: string): LibpqConnection =>
  buildConnection(profile, {
    database,
    applicationName: applicationNameOf(runId),
    inherited: {},
    connectTimeoutSeconds: limits.connectTimeoutSeconds,
  });

describe('a question that was asked ahead of its job', () => {
  const signal = new AbortController().signal;

  it('has an answer for the very same question, once', async () => {
    const ahead = await AskedAhead.of(start);
    assert.ok(ahead);
    assert.equal(ahead.take(psql, target('another'), signal), null);
    assert.equal(ahead.take(`${psql}18`, target(), signal), null);
    const answer = ahead.take(psql, target(), signal);
    assert.ok(answer);
    await assert.rejects(answer);
    assert.equal(ahead.take(psql, target(), signal), null);
  });

  it('leaves a stored passphrase out that no key of the connection needs, as the job does', async () => {
    const ahead = await AskedAhead.of({ ...start, keyPassphrase: 'of another key' });
    const answer = ahead?.take(psql, target(), signal);
    assert.ok(answer);
    await assert.rejects(answer);
  });

  it('has none once it was given up: the job asks itself, and is not cancelled', async () => {
    const ahead = await AskedAhead.of(start);
    assert.ok(ahead);
    ahead.dismiss();
    assert.equal(ahead.take(psql, target(), signal), null);
  });
});
