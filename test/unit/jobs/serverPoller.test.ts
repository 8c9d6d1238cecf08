import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobConnection } from '../../../src/core/jobs/job/jobConnection';
import type { JobRun } from '../../../src/core/jobs/job/jobContext';
import { ServerPoller } from '../../../src/core/jobs/progress/server/serverPoller';
import { describeNeeds } from '../../support/needs';
import { until } from '../../support/until';

/** What the second question comes after, in milliseconds, and some more. */
const SECOND_LOOK_MS = 400;

describeNeeds('scripts as programs', 'how far away a server seems', () => {
  let dir: string;
  before(() => (dir = mkdtempSync(path.join(os.tmpdir(), 'pgbackup-poller-'))));
  after(() => rmSync(dir, { recursive: true, force: true }));

  it('is not told by an answer that waited for the answer to another question', async () => {
    const gate = path.join(dir, 'gate');
    const psql = path.join(dir, 'psql');
    const answer = '{"copies":null,"indexes":null,"waits":null,"working":0}';
    writeFileSync(
      psql,
      `#!/bin/sh
PATH=/usr/bin:/bin
while read -r line; do
  case "$line" in
    *samples*) while [ ! -e '${gate}' ]; do sleep 0.02; done ;;
    *echo*) echo '${answer}'; echo '-- end of answer' ;;
  esac
done
`,
    );
    chmodSync(psql, 0o755);
    const run = {
      cleanups: [],
      signal: new AbortController().signal,
      applicationName: 'x',
      record: { options: {}, touch: () => undefined, progress: { setLockWait: () => undefined } },
    } as unknown as JobRun;
    const connection = {
      psql,
      server: { versionNumber: 180_000 },
      to: () => ({ args: [], env: {}, label: 'x' }),
    } as unknown as JobConnection;
    const told: (number | null)[] = [];
    const poller = new ServerPoller(run, connection, 'x', (_progress, seconds) =>
      told.push(seconds),
    );
    try {
      poller.start(async (session) => {
        await Promise.resolve();
        await session.ask('SELECT samples');
      }, true);
      await until(() => told.length > 0);
      // By now the second question waits behind the samples.
      await delay(SECOND_LOOK_MS);
      writeFileSync(gate, '');
      await until(() => told.length > 2);
      assert.deepEqual(
        told.slice(0, 3).map((seconds) => seconds !== null),
        [true, false, true],
      );
    } finally {
      await poller.stop();
    }
  });
});
