import assert from 'node:assert/strict';
import { ScriptEffect } from '../../../src/core/jobs/restore/script/scriptEffect';

type Left = ScriptEffect['left'];

/** What `SELECT pg_catalog.set_config(…)` prints. */
const CONFIG = [' set_config ', '------------', ' CREATE TABLE', '(1 row)', ''];

/** Lines of psql; '!' = an error of the script. */
const CASES: [what: string, single: boolean, lines: string[], code: number | null, left: Left][] = [
  ['the connection is refused', false, [], 2, 'untouched'],
  ['the connection is refused, in a single transaction', true, [], 2, 'untouched'],
  ['the first statement fails', false, ['!'], 3, 'untouched'],
  ['the first statement fails, in a single transaction', true, ['!'], 3, 'untouched'],
  ['settings come before it', false, ['SET', 'SET', ...CONFIG, 'SET', '!'], 3, 'untouched'],
  ['answers have no foot', false, [...CONFIG.slice(0, 3), '', 'CREATE TABLE', '!'], 3, 'partial'],
  ['answers look like settings', false, [...CONFIG, ...CONFIG, 'COPY 1', '!'], 3, 'partial'],
  ['no row was changed', false, ['BEGIN', 'DELETE 0', 'COPY 0', 'INSERT 0 0', '!'], 3, 'untouched'],
  ['one has gone through', false, ['SET', 'CREATE TABLE', '!'], 3, 'partial'],
  ['one has gone through, in a single transaction', true, ['CREATE TABLE', '!'], 3, 'rolledBack'],
  ['a function was called', false, [' f ', '---', ' 1', '(1 row)', '', '!'], 3, 'partial'],
  ['an answer breaks off', false, [' set_config ', '!', 'CREATE TABLE', '!'], 3, 'partial'],
  ['it is in a transaction of its own', false, ['BEGIN', 'COPY 5', '!'], 3, 'rolledBack'],
  ['its transaction is over', false, ['BEGIN', 'COPY 5', 'COMMIT', '!'], 3, 'partial'],
  ['its transaction was empty', false, ['BEGIN', 'COMMIT', '!'], 3, 'untouched'],
  ['its transaction was taken back', false, ['BEGIN', 'COPY 5', 'ROLLBACK', '!'], 3, 'rolledBack'],
  ['more follows that', false, ['BEGIN', 'ROLLBACK', 'COPY 5', '!'], 3, 'partial'],
  ['it ends the single transaction', true, ['COPY 5', 'COMMIT', '!'], 3, 'partial'],
  ['it takes that back and goes on', true, ['COPY 5', 'ROLLBACK', 'COPY 1', '!'], 3, 'partial'],
  ['it begins another in that', true, ['BEGIN', 'COPY 5', '!'], 3, 'rolledBack'],
  ['psql is ended at its first statement', false, [], null, 'untouched'],
  ['psql is ended later', false, ['SET'], null, 'partial'],
  ['psql is ended in a single transaction', true, ['COPY 5'], null, 'rolledBack'],
  ['the server is lost', false, ['BEGIN', 'COPY 5'], 2, 'partial'],
  ['the server is lost, in a single transaction', true, ['COPY 5'], 2, 'rolledBack'],
  ['the server is lost, and it had committed', true, ['COPY 5', 'COMMIT'], 2, 'partial'],
  ['it is cut off, and psql takes that for its end', true, ['COPY 5'], 0, 'partial'],
];

describe('what a script leaves behind', () => {
  for (const [what, single, lines, code, left] of CASES) {
    it(`is ${left} when ${what}`, () => {
      const effect = new ScriptEffect();
      play(effect, single, lines, code);
      assert.equal(effect.left, left);
    });
  }

  it('is what all its parts leave', () => {
    const effect = new ScriptEffect();
    play(effect, true, ['CREATE ROLE'], 0);
    play(effect, true, ['!'], 3);
    assert.equal(effect.left, 'partial');
    const empty = new ScriptEffect();
    play(empty, true, ['SET'], 0);
    play(empty, true, ['!'], 3);
    assert.equal(empty.left, 'untouched');
  });
});

function play(effect: ScriptEffect, single: boolean, lines: string[], code: number | null): void {
  effect.begin(single);
  for (const line of lines) {
    if (line === '!') effect.failed();
    else effect.line(line);
  }
  if (code !== null) effect.exited(code);
}
