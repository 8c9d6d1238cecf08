import assert from 'node:assert/strict';
import { openSync } from 'node:fs';
import os from 'node:os';
import { pipeState } from '../../../../src/core/jobs/supervisor/store/processPipe';

describe('the pipe of a process on Windows', () => {
  const owner = { pid: 4711, stamp: `pipe ${'0a'.repeat(16)}` };
  const asked: string[] = [];
  const answering = (answer: string | null) => (file: string) => {
    asked.push(file);
    if (answer !== null) throw Object.assign(new Error(answer), { code: answer });
    return openSync(os.devNull, 'r');
  };

  for (const [answer, state] of [
    [null, 'running'],
    ['ENOENT', 'gone'],
    ['EBUSY', 'running'],
    ['EACCES', 'unknown'],
    ['EPERM', 'unknown'],
    ['EMFILE', 'unknown'],
  ] as const) {
    it(`says ${state} when the system answers ${answer ?? 'that it is there'}`, () => {
      assert.equal(pipeState(owner, answering(answer)), state);
      assert.equal(asked.at(-1), `\\\\.\\pipe\\pgbackup-4711-${'0a'.repeat(16)}`);
    });
  }

  it('is never looked for under a name that we have not given', () => {
    const before = asked.length;
    for (const stamp of ['', 'pipe', 'pipe ..\\x', `pipe ${'0'.repeat(31)}`, '12 34']) {
      assert.equal(pipeState({ pid: 2, stamp }, answering(null)), 'unknown');
    }
    assert.equal(asked.length, before);
  });
});
