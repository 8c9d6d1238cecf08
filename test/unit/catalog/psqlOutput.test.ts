import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { OutputEnds } from '../../../src/core/catalog/outputEnds';
import { OpenPsql, runCommand, runQuery } from '../../../src/core/catalog/psql';
import { ANSWER_TRIPS, PsqlSession } from '../../../src/core/catalog/psqlSession';
import type { LibpqConnection } from '../../../src/core/connections/libpq';
import { HeldMemory } from '../../support/measure/heldMemory';
import { describeNeeds } from '../../support/needs';

const connection = { args: [], env: {}, label: 'main' } as unknown as LibpqConnection;
const options = { timeoutMs: 60_000 };
/** Far more than is kept, and than may be held while it comes. */
const MANY = 200_000_000;
const MOST_HELD = 100_000_000;

describeNeeds('scripts as programs', 'what psql prints', function () {
  this.timeout(60_000);
  let dir: string;
  before(() => (dir = mkdtempSync(path.join(os.tmpdir(), 'pgbackup-psql-'))));
  after(() => rmSync(dir, { recursive: true, force: true }));

  /** A program in psql's place. */
  function prints(script: string): string {
    const file = path.join(dir, `psql-${script.length}`);
    writeFileSync(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  /** The most that this process holds meanwhile beyond what it held before. */
  async function held(work: () => Promise<unknown>): Promise<number> {
    const memory = new HeldMemory(MOST_HELD);
    const timer = setInterval(() => memory.look(), 20);
    await work().finally(() => clearInterval(timer));
    memory.look();
    return memory.most;
  }

  it('beside the answer is held in its ends only, however much it is', async () => {
    const notices = (bytes: number): string => `head -c ${bytes} /dev/zero | tr '\\0' 'n' >&2`;
    const good = prints(`${notices(MANY)}\necho '{"a": 1}'\necho '-- end of answer'`);
    const bytes = await held(async () => {
      assert.deepEqual(await runQuery(good, connection, 'SELECT 1', options), { a: 1 });
    });
    assert.ok(bytes < MOST_HELD, `${bytes} bytes`);
    const bad = prints(`${notices(MANY / 20)}\nprintf '\\nERROR:  42501: no\\n' >&2; exit 3`);
    await assert.rejects(runCommand(bad, connection, 'SELECT 1', options), {
      code: 'queryFailed',
      details: { text: 'ERROR:  no' },
    });
  });

  it('is no answer when there is no end of it, or no JSON in it', async () => {
    const cases = [
      ['tooLarge', `head -c ${MANY / 2} /dev/zero`],
      ['noJson', 'echo hello'],
      ['noJson', ''],
    ] as const;
    for (const [reason, script] of cases) {
      await assert.rejects(runQuery(prints(script), connection, 'SELECT 1', options), {
        code: 'answerUnusable',
        details: { reason },
      });
    }
  });

  for (const [what, script] of [
    ['one line', `head -c ${MANY} /dev/zero | tr '\\0' 'n'`],
    ['empty lines', `head -c ${MANY} /dev/zero | tr '\\0' '\\n'`],
  ] as const) {
    it(`ends a session that never comes to an end: ${what}`, async () => {
      const bytes = await held(async () => {
        const session = new PsqlSession(prints(`${script}; sleep 60`), connection);
        assert.equal(await session.ask('SELECT 1', 60_000), null);
        await session.ended;
      });
      assert.ok(bytes < 2 * MOST_HELD, `${bytes} bytes`);
    });
  }

  it('is the answer to one question at a time', async () => {
    const answers = prints(`read line; echo "$line"; echo '-- end of answer'; cat >/dev/null`);
    const open = await OpenPsql.start(answers, connection, options);
    const first = open.ask('1');
    await assert.rejects(open.ask('2'), { code: 'internal' });
    assert.equal(await first, '1');
    await open.end();
  });

  it('is nothing when the question is cancelled already: it is not asked', async () => {
    const heard = path.join(dir, 'heard');
    const listens = prints(`trap '' INT; echo up >&2; cat > '${heard}'`);
    const open = await OpenPsql.start(listens, connection, options);
    await assert.rejects(open.ask('1', AbortSignal.abort()), { code: 'cancelled' });
    assert.ok(!existsSync(heard) || readFileSync(heard, 'utf8') === '');
  });

  it('comes after few messages, for each of which psql waits: those that the distance is told by', async () => {
    const heard = path.join(dir, 'messages');
    const listens = prints(`while read -r line; do
  printf '%s\\n' "$line" >> '${heard}'
  case "$line" in *echo*) echo 7; echo '-- end of answer' ;; esac
done`);
    // What ends in a backslash and a semicolon waits for the rest.
    const messages = (): number => {
      const ends = readFileSync(heard, 'utf8').match(/[^\\];$/gm) ?? [];
      rmSync(heard);
      return ends.length;
    };
    const session = new PsqlSession(listens, connection);
    assert.equal(await session.ask('SELECT 7'), 7);
    await session.end();
    assert.equal(messages(), ANSWER_TRIPS);
    // Another client of a pooler may have set the encoding.
    assert.equal(await runQuery(listens, connection, 'SELECT 7', options), 7);
    assert.equal(messages(), ANSWER_TRIPS + 1);
  });

  it('is asked for in a turn of its own, where that takes long', async () => {
    const answers = prints(`read line; echo 1; echo '-- end of answer'; cat >/dev/null`);
    /** Is psql started before anything else has a turn? */
    const startsAtOnce = async (sql: string): Promise<boolean> => {
      let started = false;
      const watched = {
        ...connection,
        get args() {
          started = true;
          return [];
        },
      };
      const nextTurn = new Promise((resolve) => setImmediate(resolve));
      const answer = runQuery(answers, watched, sql, options);
      await nextTurn;
      const atOnce = started;
      assert.equal(await answer, 1);
      return atOnce;
    };
    await startsAtOnce('SELECT 1');
    assert.equal(await startsAtOnce('SELECT 1'), true);
    assert.equal(await startsAtOnce(`SELECT '${'x'.repeat(100_000)}'`), false);
  });

  it('is not there at all', async () => {
    const query = (file: string) => runQuery(file, connection, 'SELECT 1', options);
    await assert.rejects(query(path.join(dir, 'none')), { code: 'toolMissing' });
    const file = prints('true');
    chmodSync(file, 0o644);
    await assert.rejects(query(file), {
      code: 'toolNotStarted',
      details: { tool: path.basename(file), text: 'EACCES' },
    });
  });
});

describe('the ends of an output', () => {
  it('are its beginning and its end', () => {
    for (const size of [1, 3, 7, 1000]) {
      const ends = new OutputEnds(10);
      for (let at = 0; at < 1000; at += size) {
        const piece = Array.from(
          { length: Math.min(size, 1000 - at) },
          (_, i) => `${(at + i) % 10}`,
        );
        ends.add(Buffer.from(piece.join('')));
      }
      assert.equal(ends.text(), '0123456789\n…\n0123456789', `in pieces of ${size}`);
    }
    const short = new OutputEnds(10);
    short.add(Buffer.from('0123456789abc'));
    assert.equal(short.text(), '0123456789abc');
  });
});
