import assert from 'node:assert/strict';
import { toPersistable, readPersisted } from '../../../webview/shared/persistedState';
import { memoLast } from '../../../webview/shared/memo';

describe('what a page keeps over a reload', () => {
  const none = {
    options: null,
    advancedOpen: false,
    shell: null,
    suggestedPath: null,
    explicitFields: [],
    jobId: null,
  };

  for (const value of [undefined, null, 7, 'x', [], {}, { shell: 'zsh', options: 3 }]) {
    it(`reads ${JSON.stringify(value)} as nothing kept`, () => {
      assert.deepEqual(readPersisted(value), none);
    });
  }

  it('reads back what was kept', () => {
    const kept = {
      options: { a: 1 },
      advancedOpen: true,
      shell: 'powershell',
      suggestedPath: '/x',
      explicitFields: ['jobs'],
      jobId: 'a1',
    };
    assert.deepEqual(readPersisted(kept), kept);
  });

  it('keeps the last number where the text is none now', () => {
    const now = { jobs: Number.NaN, compression: 3, name: 'x' };
    assert.deepEqual(toPersistable(now, { jobs: 4, compression: 1, name: 'x' }), {
      jobs: 4,
      compression: 3,
      name: 'x',
    });
    assert.deepEqual(toPersistable(now, null), { compression: 3, name: 'x' });
    assert.ok(Number.isNaN(now.jobs), 'the form itself stays as it is');
  });

  it('leaves out options of the tool whose number is none yet', () => {
    const options = { jobs: 2, toolOptions: { 'rows-per-insert': Number.NaN, role: 'app' } };
    assert.deepEqual(toPersistable(options, null), { jobs: 2, toolOptions: { role: 'app' } });
    assert.ok(
      Number.isNaN(options.toolOptions['rows-per-insert']),
      'the form’s own stays as typed',
    );
  });
});

describe('memoLast', () => {
  it('computes once for the same arguments, again for others', () => {
    let calls = 0;
    const twice = memoLast((a: number, b: object) => {
      void b;
      calls++;
      return a * 2;
    });
    const same = {};
    assert.equal(twice(Number.NaN, same), twice(Number.NaN, same));
    assert.equal(calls, 1);
    assert.equal(twice(2, same), 4);
    assert.equal(twice(2, {}), 4);
    assert.equal(calls, 3);
  });
});
