import assert from 'node:assert/strict';
import type { BackupJob } from '../../../src/core/model/job';
import type * as View from '../../../src/vscode/views/jobsView';
import { englishText, fakeVscode } from '../../support/workbench/fakeVscode';
import { backupJob } from './jobs';

const nothing = { dispose: () => undefined };
const ROWS = 1000;

class EventEmitter {
  event = () => nothing;
  dispose(): void {}
}

class TreeItem {
  constructor(readonly label: string) {}
}

const fake = {
  EventEmitter,
  TreeItem,
  ThemeIcon: class {},
  ThemeColor: class {},
  TreeItemCollapsibleState: {},
  l10n: { t: englishText },
  commands: { executeCommand: () => Promise.resolve() },
};

describe('The rows of many jobs', () => {
  const real = { now: performance.now.bind(performance), setImmediate };
  let restoreVscode: () => void;
  let JobsView: typeof View.JobsView;
  let clock = 0;
  let turns = 0;

  before(async () => {
    restoreVscode = fakeVscode(fake);
    ({ JobsView } = await import('../../../src/vscode/views/jobsView'));
    Reflect.set(performance, 'now', () => clock);
    Reflect.set(globalThis, 'setImmediate', (action: () => void) => {
      turns++;
      return real.setImmediate(action);
    });
  });
  after(() => {
    restoreVscode();
    Reflect.set(performance, 'now', real.now);
    Reflect.set(globalThis, 'setImmediate', real.setImmediate);
  });

  it('are made in slices that share their turns, when VS Code asks for all at once', async () => {
    const jobs = Array.from({ length: ROWS }, (_, n) => backupJob({ id: `b${n}` }));
    // To make a row asks for the name of its connection, once at least: that is the slow part here.
    const labelOf = (): string => {
      clock += 1;
      return 'Shop';
    };
    const stub = {
      list: (): BackupJob[] => jobs,
      isOwn: () => true,
      onUpdate: () => () => undefined,
      onRemoved: () => () => undefined,
    };
    const view = { visible: false, onDidChangeVisibility: () => nothing };
    const rows = new JobsView(stub as never, labelOf, () => false, {
      door: { lead: () => view as never, id: '' },
      known: Promise.resolve(),
      state: { get: () => undefined } as never,
    });
    try {
      const nodes = await rows.getChildren();
      clock = 0;
      const items = await Promise.all(nodes.map((node) => rows.getTreeItem(node)));
      assert.equal(items.filter(({ label }) => label === 'Backup of Shop').length, ROWS);
      // As many as the time asks for: each slice takes 12 ms, and what its last row takes.
      assert.ok(turns > clock / 40 && turns <= clock / 12, `${turns} turns in ${clock} ms`);
    } finally {
      rows.dispose();
    }
  });
});
