import assert from 'node:assert/strict';
import { whyUnable } from '../../../../src/core/jobs/supervisor/unable';

describe('what a supervisor says that cannot begin', () => {
  const cases: [string, unknown, string | undefined][] = [
    [
      'too few files may be open',
      { type: 'unable', code: 'EMFILE', text: 'x' },
      'handlesExhausted',
    ],
    [
      'a module is missing',
      { type: 'unable', code: 'ERR_MODULE_NOT_FOUND', text: 'x' },
      'internal',
    ],
    ['something else', { type: 'unable', code: null, text: 'x' }, 'internal'],
    ['it has begun', { type: 'job', job: {} }, undefined],
  ];
  for (const [name, message, code] of cases) {
    it(`is told as ${code ?? 'nothing'}: ${name}`, () => {
      assert.equal(whyUnable(message)?.code, code);
    });
  }
});
