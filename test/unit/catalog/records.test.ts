/** Answers of many rows, which are read one by one. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { eachRecord } from '../../../src/core/catalog/records';
import type { LibpqConnection } from '../../../src/core/connections/libpq';
import { CooperativeLoop } from '../../../src/core/cooperativeLoop';
import { describeNeeds } from '../../support/needs';

const connection = { args: [], env: {}, label: 'main' } as unknown as LibpqConnection;
const MANY = 500;

/** Wants a turn whenever it is asked. */
class EveryTurn extends CooperativeLoop {
  override get shouldYield(): boolean {
    return true;
  }
}

describeNeeds('scripts as programs', 'the records of an answer', function () {
  this.timeout(60_000);
  let dir: string;
  before(() => (dir = mkdtempSync(path.join(os.tmpdir(), 'pgbackup-records-'))));
  after(() => rmSync(dir, { recursive: true, force: true }));

  /** A program in psql's place that answers whatever it is asked. */
  function answers(lines: string): string {
    const [answer, file] = [path.join(dir, 'answer'), path.join(dir, 'psql')];
    writeFileSync(answer, `${lines}-- end of answer\n`);
    writeFileSync(file, `#!/bin/sh\nPATH=/usr/bin:/bin\ncat '${answer}'; cat >/dev/null\n`);
    chmodSync(file, 0o755);
    return file;
  }

  /** What was taken, and how much of it when each turn was given. */
  async function read(
    lines: string,
    signal?: AbortSignal,
    then: (taken: number) => void = () => undefined,
  ): Promise<{ taken: unknown[]; turns: number[]; failed: unknown }> {
    const taken: unknown[] = [];
    const turns: number[] = [];
    class Counting extends EveryTurn {
      override async yield(): Promise<void> {
        turns.push(taken.length);
        await super.yield();
      }
    }
    const take = (record: unknown): void => then(taken.push(record));
    const options = { timeoutMs: 60_000, signal, take, loop: new Counting(signal) };
    const failed: unknown = await eachRecord(answers(lines), connection, 'SELECT 1', options).then(
      () => null,
      (error: unknown) => error,
    );
    return { taken, turns, failed };
  }

  const numbers = Array.from({ length: MANY }, (_, i) => i);

  for (const end of ['\n', '\r\n']) {
    it(`are taken one by one, each in a turn of its own (${JSON.stringify(end)})`, async () => {
      const lines = numbers.map((i) => `[${i}, "a\\n${i}"]${end}`).join('');
      const { taken, turns, failed } = await read(lines);
      assert.equal(failed, null);
      assert.deepEqual(
        taken,
        numbers.map((i) => [i, `a\n${i}`]),
      );
      assert.deepEqual(turns, numbers);
    });
  }

  it('are not taken any more once nobody wants them', async () => {
    const stop = new AbortController();
    const lines = numbers.map((i) => `${i}\n`).join('');
    const { taken, failed } = await read(lines, stop.signal, (count) => {
      if (count === 7) stop.abort();
    });
    assert.equal((failed as { code?: string }).code, 'cancelled');
    assert.equal(taken.length, 7);
  });

  it('are refused from the first that is none', async () => {
    for (const none of ['hello', '', '[1', '1 2']) {
      const { taken, failed } = await read(`[0]\n${none}\n[2]\n`);
      const { code, details } = failed as { code?: string; details?: unknown };
      assert.deepEqual([taken, code, details], [[[0]], 'answerUnusable', { reason: 'noJson' }]);
    }
  });

  it('are whole, however their bytes come', async () => {
    const file = path.join(dir, 'torn');
    const torn = ['[0, "\\303', '\\244"]\\n[1]', '\\n[', '2', ']\\n\\n-- end of', ' answer\\n'];
    // Each piece is read before the next one is written.
    const prints = torn.map((piece) => `printf '${piece}'; sleep 0.1`).join('\n');
    writeFileSync(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${prints}\ncat >/dev/null\n`);
    chmodSync(file, 0o755);
    const taken: unknown[] = [];
    const take = (record: unknown): void => void taken.push(record);
    await eachRecord(file, connection, 'SELECT 1', { timeoutMs: 60_000, take });
    assert.deepEqual(taken, [[0, 'ä'], [1], [2]]);
  });

  it('may be none at all', async () => {
    assert.deepEqual(await read(''), { taken: [], turns: [], failed: null });
  });
});
