import assert from 'node:assert/strict';
import type { BackupJob } from '../../../src/core/model/job';
import type * as View from '../../../src/vscode/views/jobsView';
import { CountedTurns } from '../../support/measure/countedTurns';
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
  const counted = new CountedTurns();
  let restoreVscode: () => void;
  let JobsView: typeof View.JobsView;

  before(async () => {
    restoreVscode = fakeVscode(fake);
    ({ JobsView } = await import('../../../src/vscode/views/jobsView'));
    counted.start();
  });
  after(() => {
    restoreVscode();
    counted.restore();
  });

  it('are made in slices that share their turns, when VS Code asks for all at once', async () => {
    const jobs = Array.from({ length: ROWS }, (_, n) => backupJob({ id: `b${n}` }));
    // To make a row asks for the name of its connection, once at least: that is the slow part here.
    const labelOf = (): string => {
      counted.step();
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
      lasting: { has: () => false, onDidFind: () => nothing },
      state: { get: () => undefined } as never,
    });
    try {
      const nodes = await rows.getChildren();
      counted.start();
      const items = await Promise.all(nodes.map((node) => rows.getTreeItem(node)));
      assert.equal(items.filter(({ label }) => label === 'Backup of Shop').length, ROWS);
      // As many as the time asks for: each slice takes 12 ms, and what its last row takes.
      const { turns, spent } = counted;
      assert.ok(turns > spent / 40 && turns <= spent / 12, `${turns} turns in ${spent} ms`);
    } finally {
      rows.dispose();
    }
  });
});
