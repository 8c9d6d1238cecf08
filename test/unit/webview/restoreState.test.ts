import assert from 'node:assert/strict';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreForm';
import { judgeRestore } from '../../../webview/restore/judgement';
import { reduceRestore, type RestoreState } from '../../../webview/restore/state';
import { connections, connectionState, info } from '../../support/pageHarness/sampleData';

function initial(more: Partial<RestoreState> = {}): RestoreState {
  return {
    connections,
    options: { ...restoreDefaults(), connectionId: 'local', inputPath: info.path },
    touched: new Set(),
    extraText: '',
    extraError: null,
    input: { path: info.path, reading: false, info, problem: null },
    connection: connectionState('local', 'pg_restore'),
    loading: false,
    hostProblems: [],
    failure: '',
    starting: false,
    job: null,
    jobAt: 0,
    jobDismissed: false,
    shell: 'bash',
    filter: '',
    expanded: new Set(),
    advancedOpen: false,
    optionsPanel: { query: '', changedOnly: false, toggled: new Set() },
    toolsOpen: false,
    logOpen: false,
    ...more,
  };
}

describe('the restore page’s state', () => {
  it('knows nothing of a file while it is read, and ignores the answer about another', () => {
    const reading = reduceRestore(initial(), { type: 'reading', path: info.path });
    assert.deepEqual(reading.input, { path: info.path, reading: true, info: null, problem: null });
    const result = { info: { ...info, path: '/other' }, problem: null };
    const late = reduceRestore(reading, { type: 'read', path: '/other', result });
    assert.equal(late, reading);
    const read = reduceRestore(reading, {
      type: 'read',
      path: info.path,
      result: { info, problem: null },
    });
    assert.equal(read.input.info, info);
    assert.equal(read.expanded.size, 4, 'few objects are shown at once');
  });

  it('remembers which fields the user set', () => {
    let state = initial();
    const { options } = state;
    state = reduceRestore(state, { type: 'options', options, touched: ['jobs'] });
    state = reduceRestore(state, { type: 'options', options, touched: [] });
    state = reduceRestore(state, { type: 'options', options, touched: ['clean'] });
    assert.deepEqual([...state.touched], ['jobs', 'clean']);
  });

  it('a file that cannot be read is an error at its field', () => {
    const problem = { message: 'This is a MySQL dump.', actions: [] };
    const { evaluation } = judgeRestore(
      initial({ input: { path: info.path, reading: false, info: null, problem } }),
    );
    assert.ok(
      evaluation.problems.some(
        (p) => p.field === 'inputPath' && p.severity === 'error' && p.message === problem.message,
      ),
    );
  });

  it('shows the command with the target database in place of the connection’s own', () => {
    const { options } = initial();
    const named = initial({ options: { ...options, targetDatabase: 'a=b' } });
    assert.ok(judgeRestore(initial()).command.includes('--dbname=shop'));
    const { command } = judgeRestore(named);
    assert.ok(command.includes(`--dbname=dbname='a=b'`), command.join(' '));
    assert.ok(!command.includes('--dbname=shop'));
  });

  it('does not judge a new path by the old file', () => {
    const state = initial({ options: { ...initial().options, inputPath: '/new.dump' } });
    assert.equal(judgeRestore(state).context.info, null);
  });
});
