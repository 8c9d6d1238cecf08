/** The start of the extension: what VS Code can ask for, and what is loaded with the first question. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as vscode from 'vscode';
import type * as Root from '../../../src/extension';
import type * as Parts from '../../../src/vscode/start/parts';
import type * as Work from '../../../src/vscode/start/workToDo';
import { repoPaths } from '../../support/repoPaths';
import { until } from '../../support/until';
import { englishText, fakeVscode } from '../../support/workbench/fakeVscode';

/** Whatever is asked of it: it can be called, constructed and looked into. */
function anything(): never {
  const target = function (): void {};
  return new Proxy(target, {
    get: (_, key) =>
      key === 'then' ? undefined : key === Symbol.toPrimitive ? () => '' : anything(),
    apply: () => anything(),
    construct: () => anything(),
  }) as never;
}

const asked: Record<string, string[]> = {};
const note = (what: string) => (name: string) => {
  (asked[what] ??= []).push(name);
  return { dispose: () => undefined };
};

const commands = new Map<string, (...args: unknown[]) => unknown>();
const contextKeys = new Map<string, unknown>();
let shownChannels = 0;

class EventEmitter {
  event = () => ({ dispose: () => undefined });
  fire(): void {}
  dispose(): void {}
}

const nothingStated = { get: () => undefined, inspect: () => undefined };

const fake = {
  EventEmitter,
  Disposable: class {},
  TreeItem: class {},
  RelativePattern: class {},
  StatusBarAlignment: {},
  l10n: { t: englishText },
  env: {},
  Uri: {
    joinPath: (uri: { fsPath: string }, ...names: string[]) => ({
      fsPath: path.join(uri.fsPath, ...names),
    }),
    file: (fsPath: string) => ({ fsPath }),
  },
  commands: {
    registerCommand: (name: string, run: (...args: unknown[]) => unknown) => {
      commands.set(name, run);
      return { dispose: () => undefined };
    },
    executeCommand: async (command: string, key: string, value: unknown) => {
      if (command === 'setContext') contextKeys.set(key, value);
    },
  },
  workspace: {
    isTrusted: true,
    getConfiguration: () => nothingStated,
    findFiles: () => Promise.resolve([]),
    createFileSystemWatcher: () => anything(),
    registerTextDocumentContentProvider: note('documents'),
    onDidChangeConfiguration: () => anything(),
    onDidChangeWorkspaceFolders: () => anything(),
    onDidGrantWorkspaceTrust: () => anything(),
    onDidChangeTextDocument: () => anything(),
    onDidCloseTextDocument: () => anything(),
  },
  window: {
    createTreeView: (id: string) => {
      note('views')(id);
      return {
        visible: false,
        onDidChangeVisibility: anything(),
        onDidExpandElement: anything(),
        dispose: () => undefined,
      };
    },
    registerCustomEditorProvider: note('editors'),
    registerWebviewPanelSerializer: note('forms'),
    createStatusBarItem: () => ({ hide: () => undefined, dispose: () => undefined }),
    createOutputChannel: (name: string) => {
      note('channels')(name);
      return { show: () => shownChannels++, dispose: () => undefined };
    },
    onDidChangeTextEditorSelection: () => anything(),
    tabGroups: { onDidChangeTabs: () => anything() },
  },
};

interface Manifest {
  contributes: {
    commands: { command: string }[];
    views: { pgBackup: { id: string }[] };
    customEditors: { viewType: string }[];
  };
}

describe('The start of the extension', () => {
  const manifest = JSON.parse(
    readFileSync(path.join(repoPaths.root, 'package.json'), 'utf8'),
  ) as Manifest;
  const names = manifest.contributes.commands.map(({ command }) => command).sort();
  let dir: string;
  let restoreVscode: () => void;
  let root: typeof Root;
  let parts: typeof Parts;
  let work: typeof Work;
  before(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'start-'));
    restoreVscode = fakeVscode(fake);
    root = await import('../../../src/extension');
    parts = await import('../../../src/vscode/start/parts');
    work = await import('../../../src/vscode/start/workToDo');
  });
  after(() => {
    restoreVscode();
    rmSync(dir, { recursive: true, force: true });
  });

  function contextIn(folder: string): vscode.ExtensionContext {
    const state = { get: () => undefined, update: () => Promise.resolve() };
    return {
      subscriptions: [],
      globalState: state,
      workspaceState: state,
      secrets: {},
      globalStorageUri: { fsPath: folder },
      extensionUri: { fsPath: repoPaths.root },
      extension: { packageJSON: manifest },
    } as unknown as vscode.ExtensionContext;
  }

  function end({ subscriptions }: vscode.ExtensionContext): void {
    for (const subscription of subscriptions) subscription.dispose();
  }

  it('registers all that the manifest names, and loads the parts with the first command', async () => {
    const context = contextIn(path.join(dir, 'registered'));
    root.activate(context);
    try {
      assert.deepEqual([...commands.keys()].sort(), names);
      const { views, customEditors } = manifest.contributes;
      assert.deepEqual(
        asked['views'],
        views.pgBackup.map(({ id }) => id),
      );
      assert.deepEqual(
        asked['editors'],
        customEditors.map(({ viewType }) => viewType),
      );
      assert.deepEqual(asked['forms'], ['pgBackup.backup', 'pgBackup.restore']);
      assert.equal(asked['documents']?.length, 3);
      assert.equal(asked['channels'], undefined, 'the parts are not there');
      await Promise.all(
        ['showOutput', 'showOutput'].map((id) => commands.get(`pgBackup.${id}`)?.()),
      );
      assert.deepEqual(asked['channels'], ['PostgreSQL Backup'], 'the parts are made once');
      assert.equal(shownChannels, 2);
    } finally {
      await root.deactivate();
      end(context);
    }
  });

  it('ends parts that are only being made when the window ends', async () => {
    const context = contextIn(path.join(dir, 'ended'));
    root.activate(context);
    try {
      const made = asked['channels']?.length ?? 0;
      const shown = commands.get('pgBackup.showOutput')?.();
      await root.deactivate();
      assert.equal((asked['channels']?.length ?? 0) - made, 1, 'they could not be ended before');
      await shown;
    } finally {
      end(context);
    }
  });

  it('says before anybody looks at the jobs whether those of all workspaces are shown', () => {
    for (const all of [false, true]) {
      contextKeys.clear();
      const context = contextIn(path.join(dir, 'shown'));
      const get = (key: string): unknown => (key === 'jobs.all' ? all : undefined);
      root.activate({ ...context, workspaceState: { get } } as unknown as vscode.ExtensionContext);
      end(context);
      assert.equal(contextKeys.get('pgBackup.allJobs') === true, all);
    }
  });

  it('has a command for each that the manifest names, and no other', async () => {
    const context = contextIn(path.join(dir, 'commands'));
    const door = { lead: () => fake.window.createTreeView('') };
    const doors = { views: { connections: door, backups: door, jobs: door } };
    const extension = parts.createExtension(
      context,
      {
        backupDirectory: () => dir,
        jobRetention: () => ({}),
        jobLimits: () => ({}),
        onDidChangeConnections: () => anything(),
      } as never,
      { ...doors, logs: door, reports: door, ddl: door, leftJobs: true } as never,
    );
    try {
      const known = Object.keys(extension.commands).map((name) => `pgBackup.${name}`);
      assert.deepEqual(known.sort(), names);
    } finally {
      await extension.end();
      end(context);
    }
  });

  describe('finds work that nobody asks for', () => {
    const job = (status: string): string =>
      JSON.stringify({ version: 1, tools: [], job: { id: 'x', type: 'backup', status } });
    const cases: [what: string, record: string | null, isWork: boolean][] = [
      ['no job', null, false],
      ...['completed', 'completedWithErrors', 'failed', 'cancelled', 'lost'].map(
        (status): [string, string, boolean] => [`a job that is ${status}`, job(status), false],
      ),
      ...['pending', 'running', 'cancelling'].map((status): [string, string, boolean] => [
        `a job that is ${status}`,
        job(status),
        true,
      ]),
      ['a record that cannot be understood', 'x', true],
      [
        'a text that only looks like it',
        job('completed').replace('"x"', '"\\"status\\":\\"running\\""'),
        false,
      ],
    ];
    const id = '01234567-89ab-cdef-0123-456789abcdef';
    let number = 0;

    function places(): { storeDir: string; tempDir: string } {
      const own = path.join(dir, `store-${number++}`);
      const tempDir = path.join(own, 'tmp');
      mkdirSync(tempDir, { recursive: true });
      return { storeDir: path.join(own, 'jobs'), tempDir };
    }

    function writeJob(storeDir: string, record: string): void {
      mkdirSync(path.join(storeDir, id), { recursive: true });
      writeFileSync(path.join(storeDir, id, 'status.json'), record);
    }

    for (const [what, record, isWork] of cases) {
      it(`${what}: ${isWork ? 'work' : 'none'}`, async () => {
        const at = places();
        if (record !== null) writeJob(at.storeDir, record);
        let found = 0;
        const looking = new work.WorkToDo(at, () => found++);
        try {
          await looking.looked;
          assert.equal(found, isWork ? 1 : 0);
          assert.equal(looking.isFirstLook, false);
        } finally {
          looking.dispose();
        }
      });
    }

    it('a job that another window starts later', async () => {
      const at = places();
      let found = 0;
      let early: boolean | undefined;
      const looking = new work.WorkToDo(at, () => {
        found++;
        early = looking.isFirstLook;
      });
      try {
        await looking.looked;
        writeJob(at.storeDir, job('running'));
        await until(() => found === 1);
        assert.equal(early, false, 'it is not left by an earlier window');
      } finally {
        looking.dispose();
      }
    });

    it('dumps that were unpacked', async () => {
      const at = places();
      mkdirSync(path.join(at.tempDir, 'pgbackup-unpacked-x'));
      let found = 0;
      await new work.WorkToDo(at, () => found++).looked;
      assert.equal(found, 1);
    });
  });
});
