import assert from 'node:assert/strict';
import { beginChoices, choose } from '../../../src/core/forms/form/choices';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { backupOptionsOf } from '../../../src/core/forms/backup/backupForm';
import type { ConnectionState } from '../../../src/protocol/types';
import { readSelection } from '../../../src/core/forms/selection/selection';
import { deriveState } from '../../../webview/backup/derive';
import { type BackupState, followsSuggestion, reduceBackup } from '../../../webview/backup/state';
import { connections, connectionState } from '../../support/pageHarness/sampleData';

const options = { ...backupDefaults(), connectionId: 'local', outputPath: '' };

function initial(more: Partial<BackupState> = {}): BackupState {
  return {
    connections,
    choices: beginChoices(options),
    options,
    extraText: '',
    extraError: null,
    connection: null,
    selection: readSelection(backupDefaults()),
    selectionBefore: null,
    objects: null,
    loading: false,
    suggestedPath: null,
    estimateFacts: null,
    place: null,
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

describe('the backup page’s state', () => {
  it('takes the proposed path, follows it over a change of format, and lets the user’s own be', () => {
    let state = reduceBackup(initial(), { type: 'suggested', path: '/b/shop.dump', for: '' });
    assert.equal(state.options.outputPath, '/b/shop.dump');
    const choices = choose(state.choices, { format: 'tar' });
    const tar = backupOptionsOf(choices, state.options, { tool: null, catalog: null, cores: null });
    state = reduceBackup(state, { type: 'options', choices, options: tar, typedPath: false });
    assert.equal(state.options.outputPath, '/b/shop.tar');
    assert.equal(followsSuggestion(state), true);

    const own = { ...state.options, outputPath: '/mine.tar' };
    state = reduceBackup(state, { type: 'options', choices, options: own, typedPath: true });
    assert.equal(followsSuggestion(state), false);
    state = reduceBackup(state, { type: 'suggested', path: '/b/x.tar', for: '/mine.tar' });
    assert.equal(state.options.outputPath, '/mine.tar');
  });

  it('ignores a proposal for a path that is not there any more', () => {
    const state = reduceBackup(
      initial({ suggestedPath: '/b/now', options: { ...initial().options, outputPath: '/b/now' } }),
      { type: 'suggested', path: '/b/late', for: '/b/before' },
    );
    assert.equal(state.options.outputPath, '/b/now');
  });

  it('ignores what is told of another connection than the one chosen', () => {
    const loading = reduceBackup(initial(), { type: 'loading' });
    const late: ConnectionState = connectionState('staging', 'pg_dump');
    const state = reduceBackup(loading, { type: 'loaded', connection: late });
    assert.equal(state.loading, true);
    assert.equal(state.connection, null);
  });

  it('does not take the link of one connection for that of another', () => {
    const known = initial({ place: { linkRate: 1e6, freeBytes: 5e9 } });
    const chosen = (connectionId: string): BackupState['place'] =>
      reduceBackup(known, {
        type: 'options',
        choices: known.choices,
        options: { ...known.options, connectionId },
        typedPath: false,
      }).place;
    assert.deepEqual(chosen('local'), known.place);
    assert.deepEqual(chosen('staging'), { linkRate: null, freeBytes: 5e9 });
  });

  it('opens the schemas of a small database once, not again after a refresh', () => {
    const connection = connectionState('local', 'pg_dump');
    let state = reduceBackup(initial(), { type: 'loaded', connection });
    assert.equal(state.expanded.size, 4);
    state = reduceBackup(state, { type: 'expand', id: '"app"', expanded: false });
    state = reduceBackup(state, { type: 'loaded', connection: { ...connection } });
    assert.equal(state.expanded.has('"app"'), false);
  });

  it('forgets what the host refused with the next change', () => {
    const problems = [
      { field: 'outputPath', severity: 'error' as const, message: 'Not writable.' },
    ];
    let state = reduceBackup(initial({ starting: true }), { type: 'notStarted', problems });
    assert.equal(state.starting, false);
    const judged = deriveState(state).evaluation.problems.map((p) => p.message);
    assert.ok(judged.includes('Not writable.'));
    state = reduceBackup(state, {
      type: 'options',
      choices: state.choices,
      options: { ...state.options },
      typedPath: false,
    });
    assert.deepEqual(state.hostProblems, []);
  });

  it('keeps the arguments as they were while the text has an open quote, and says so', () => {
    const extraArgs = ['--no-comments'];
    const before = initial({ options: { ...initial().options, extraArgs } });
    const state = reduceBackup(before, {
      type: 'extraArgs',
      text: '"x',
      args: null,
      error: 'The quote " is never closed.',
    });
    assert.deepEqual(state.options.extraArgs, ['--no-comments']);
    const problems = deriveState(state).evaluation.problems;
    assert.ok(problems.some((p) => p.field === 'extraArgs' && p.severity === 'error'));
  });

  it('shows no command while a number is none, and the real one otherwise', () => {
    const good = initial({ connection: connectionState('local', 'pg_dump') });
    const options = { ...good.options, outputPath: '/b/x.dump' };
    const command = deriveState({ ...good, options }).command.argv;
    assert.equal(command[0], '/usr/lib/postgresql/17/bin/pg_dump');
    assert.ok(command.includes('--file=/b/x.dump'), command.join(' '));
    const typing = { ...options, compression: Number.NaN };
    const judged = deriveState({ ...good, options: typing });
    assert.deepEqual(judged.command.argv, []);
    assert.ok(judged.evaluation.problems.some((p) => p.field === 'compression'));
  });

  it('does not judge by what it knows of another connection', () => {
    const judged = deriveState(initial({ connection: connectionState('staging', 'pg_dump') }));
    assert.equal(judged.connection, null);
    assert.equal(judged.command.argv[0], 'pg_dump');
  });
});
