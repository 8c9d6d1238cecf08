import assert from 'node:assert/strict';
import { beginChoices } from '../../../src/core/forms/form/choices';
import { LIST_PLACEHOLDER } from '../../../src/core/plans/preview';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { expectedText } from '../../../src/core/text/estimateText';
import { deriveState, withExpectation } from '../../../webview/restore/derive';
import type { Preflight } from '../../../src/core/model/findings/findings';
import { PreflightLooks } from '../../../webview/restore/preflightLooks';
import { NO_PREFLIGHT, reduceRestore, type RestoreState } from '../../../webview/restore/state';
import { connections, connectionState, info } from '../../support/pageHarness/sampleData';

type PreflightHost = ConstructorParameters<typeof PreflightLooks>[0];

const options = { ...restoreDefaults(), connectionId: 'local', inputPath: info.path };

function initial(more: Partial<RestoreState> = {}): RestoreState {
  return {
    connections,
    choices: beginChoices(options),
    options,
    extraText: '',
    extraError: null,
    input: { path: info.path, reading: false, info, problem: null },
    preflight: NO_PREFLIGHT,
    expected: null,
    savedList: null,
    cores: 1,
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
  it('shows a command with the list that was saved, until anything changes', () => {
    const some = { ...options, schemas: ['app'] };
    const before = initial({ options: some, choices: beginChoices(some) });
    assert.equal(deriveState(before).command.madeLater, LIST_PLACEHOLDER);
    const savedList = { path: '/backups/my.list', options: some };
    const saved = reduceRestore(before, { type: 'listSaved', savedList });
    const { argv, madeLater } = deriveState(saved).command;
    assert.ok(argv.includes('--use-list=/backups/my.list'), argv.join(' '));
    assert.equal(madeLater, null);
    const changed = { ...some, schemas: ['audit'] };
    const later = deriveState({ ...saved, options: changed }).command;
    assert.equal(later.madeLater, LIST_PLACEHOLDER);
  });

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

  it('tells how long it will take, until the options are others', () => {
    const estimate = { bytes: null, milliseconds: 90_000, basis: 'connection' } as const;
    const expected = { options: { ...options }, estimate };
    const state = reduceRestore(initial(), { type: 'expected', expected });
    const says = (of: RestoreState): boolean => {
      const { evaluation } = withExpectation(deriveState(of), of.options, of.expected);
      return evaluation.summary.includes(expectedText(estimate));
    };
    assert.ok(says(state));
    assert.ok(!says({ ...state, options: { ...options, jobs: 3 } }));
    assert.ok(!says(reduceRestore(state, { type: 'reading', path: info.path })));
  });

  it('takes extra arguments for a choice', () => {
    const extraArgs = ['--role=clerk'];
    const typed = {
      type: 'extraArgs',
      text: '--role=clerk',
      args: extraArgs,
      error: null,
    } as const;
    const state = reduceRestore(initial(), typed);
    assert.deepEqual(state.options.extraArgs, extraArgs);
    assert.deepEqual(state.choices.made, [{ extraArgs }]);
    const unfinished = reduceRestore(state, { ...typed, args: null, error: 'open quote' });
    assert.deepEqual(unfinished.choices, state.choices);
  });

  it('a file that cannot be read is an error at its field', () => {
    const problem = { message: 'This is a MySQL dump.', actions: [] };
    const { evaluation } = deriveState(
      initial({ input: { path: info.path, reading: false, info: null, problem } }),
    );
    assert.ok(
      evaluation.problems.some(
        (p) => p.field === 'inputPath' && p.severity === 'error' && p.message === problem.message,
      ),
    );
  });

  it('shows the command with the target database in place of the connection’s own', () => {
    const named = initial({ options: { ...options, targetDatabase: 'a=b' } });
    assert.ok(deriveState(initial()).command.argv.includes('--dbname=shop'));
    const command = deriveState(named).command.argv;
    assert.ok(command.includes(`--dbname=dbname='a=b'`), command.join(' '));
    assert.ok(!command.includes('--dbname=shop'));
  });

  it('does not judge a new path by the old file', () => {
    const state = initial({ options: { ...initial().options, inputPath: '/new.dump' } });
    assert.equal(deriveState(state).context.info, null);
  });

  it('never takes what was found for earlier options for what is found for these', async () => {
    const answers: ((preflight: Preflight | Error) => void)[] = [];
    const said: string[] = [];
    let state = initial();
    const looks = new PreflightLooks(
      {
        request: ((method: string) =>
          method !== 'preflight/look'
            ? Promise.resolve(null)
            : new Promise((resolve, reject) =>
                answers.push((answer) =>
                  answer instanceof Error ? reject(answer) : resolve(answer),
                ),
              )) as PreflightHost['request'],
      },
      {
        state: () => state,
        isDone: () => false,
        show: (preflight) => (state = reduceRestore(state, { type: 'preflight', preflight })),
        expect: () => undefined,
        say: (text) => said.push(text),
      },
    );
    const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const result = (adds: number): Preflight => ({
      findings: [],
      verdict: {
        ...{ worst: null, target: 'empty', adds, drops: 0, dropsRows: 0, fills: 0 },
        ...{ replaces: 0, replacesRows: 0 },
        ...{ largeObjects: null, keeps: null, partial: true },
      },
    });
    looks.look(0);
    answers[0]?.(result(1));
    await settled();
    assert.deepEqual(state.preflight, { result: result(1), looking: false, failed: null });
    looks.look(0);
    looks.look(0);
    assert.equal(state.preflight.looking, true);
    answers[1]?.(result(2));
    await settled();
    assert.equal(state.preflight.looking, true, 'the answer about earlier options is ignored');
    answers[2]?.(result(3));
    await settled();
    assert.deepEqual(state.preflight, { result: result(3), looking: false, failed: null });
    looks.look(0);
    answers[3]?.(new Error('gone'));
    await settled();
    assert.deepEqual(state.preflight, { result: null, looking: false, failed: 'gone' });
    assert.deepEqual(said, [
      'Adds 1 table to an empty database; nothing is lost.',
      'Adds 3 tables to an empty database; nothing is lost.',
      'What this restore will do is not known.',
    ]);
  });
});
