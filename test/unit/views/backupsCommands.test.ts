import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import type { VerifyOptions } from '../../../src/core/model/options';
import type { BackupsCommandParts } from '../../../src/vscode/views/backupsCommands';
import { englishText, fakeVscode } from '../../support/workbench/fakeVscode';

const titles: string[] = [];
/** Is a server chosen, or the question cancelled? */
let chosen = true;

const fake = {
  l10n: { t: englishText },
  ThemeIcon: class {},
  workspace: { isTrusted: true },
  window: {
    showQuickPick<T>(items: T[], { title }: { title: string }): Promise<T | undefined> {
      titles.push(title);
      return Promise.resolve(chosen ? items[0] : undefined);
    },
  },
};

const row = (path: string, kind = 'backup') => ({ kind, path });
const SERVER = { id: 'main', label: 'Main', readOnly: false, target: 'host' };

describe('verifying rows of the Backups view', () => {
  let restoreVscode = (): void => undefined;
  let commandsOf: (parts: BackupsCommandParts) => Record<string, (...args: unknown[]) => unknown>;
  let started: VerifyOptions[] = [];
  let selected: unknown[] = [];

  /** Only what verifying uses of all parts. */
  const parts = {
    service: {
      startVerify({ options }: { options: VerifyOptions }): Promise<null> {
        if (options.inputPath === '/b/busy') {
          return Promise.reject(new AppError('outputBusy', { path: options.inputPath }));
        }
        started.push(options);
        return Promise.resolve(null);
      },
    },
    settings: { connection: (id: string) => ({ id }) },
    connections: { summaries: () => [SERVER], chosen: () => Promise.resolve() },
    view: {
      get selected(): unknown[] {
        return selected;
      },
    },
  };
  const verify = (command: string, ...args: unknown[]): unknown =>
    commandsOf(parts as unknown as BackupsCommandParts)[command]?.(...args);

  before(async () => {
    restoreVscode = fakeVscode(fake);
    commandsOf = (await import('../../../src/vscode/views/backupsCommands')).backupsCommands;
  });
  after(() => restoreVscode());
  beforeEach(() => {
    started = [];
    selected = [];
    titles.length = 0;
    chosen = true;
  });

  const rows = [row('/b/a'), row('/b/left', 'leftover'), row('/b/c')];
  for (const [command, level, server] of [
    ['verifyStructure', 'structure', {}],
    ['verifyFullRead', 'fullRead', {}],
    ['verifyTrialRestore', 'trialRestore', { connectionId: 'main' }],
  ] as const) {
    const expected = ['/b/a', '/b/c'].map((inputPath) => ({ inputPath, level, ...server }));
    const questions = level === 'trialRestore' ? 1 : 0;

    it(`starts a job for each selected backup: ${command}`, async () => {
      await verify(command, rows[0], rows);
      assert.deepEqual(started, expected);
      assert.equal(titles.length, questions);
    });

    it(`without a menu takes what is selected: ${command}`, async () => {
      selected = rows;
      await verify(command);
      assert.deepEqual(started, expected);
    });

    it(`goes on behind a backup that is refused: ${command}`, async () => {
      const all = [rows[0], row('/b/busy'), rows[2]];
      const verifying = Promise.resolve(verify(command, all[0], all));
      await assert.rejects(verifying, (error) => AppError.is(error, 'outputBusy'));
      assert.deepEqual(started, expected);
    });
  }

  it('names one backup in the question for the server, and counts several', async () => {
    await verify('verifyTrialRestore', rows[0]);
    await verify('verifyTrialRestore', rows[0], rows);
    assert.deepEqual(titles, [
      'Server for the Trial Restore of a',
      'Server for the Trial Restores of 2 Backups',
    ]);
  });

  it('starts nothing when the question is cancelled', async () => {
    chosen = false;
    await verify('verifyTrialRestore', rows[0], rows);
    assert.deepEqual(started, []);
  });
});
