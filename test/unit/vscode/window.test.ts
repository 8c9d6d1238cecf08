import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import type * as Window from '../../../src/vscode/ui/window';
import { fakeVscode } from '../../support/workbench/fakeVscode';

const HOSTILE = '[Click](command:workbench.action.quit) $(heart) \u202e\u0007';
/** VS Code would make a link, an icon, or turned text of these. */
const ALIVE = /\]\(|\$\(|[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/;

const texts: string[] = [];

/** Every text in what VS Code is given; functions are called with what a user may have typed. */
async function gather(value: unknown): Promise<void> {
  if (typeof value === 'string') texts.push(value);
  else if (typeof value === 'function') {
    await gather(await (value as (typed: string) => unknown)('typed'));
  } else if (Array.isArray(value)) for (const each of value) await gather(each);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      // What the user may edit, and where files are, stays as it is.
      if (key !== 'value' && key !== 'defaultUri' && key !== 'filters') await gather(each);
    }
  }
}

const shows = async (...given: unknown[]): Promise<undefined> => void (await gather(given));
const names = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const;
const fake = {
  window: Object.fromEntries(
    [
      ...[...names, 'showQuickPick', 'showInputBox', 'showSaveDialog', 'showOpenDialog'],
      ...['setStatusBarMessage', 'createTerminal'],
    ].map((name) => [name, shows]),
  ),
};

describe('The wrapper around the window', () => {
  let window: typeof Window.window;
  let restoreVscode: () => void;
  before(async () => {
    restoreVscode = fakeVscode({
      window: {
        ...fake.window,
        withProgress: async (
          options: unknown,
          task: (progress: unknown, token: unknown) => Promise<unknown>,
        ) => {
          await gather(options);
          return task({ report: (value: unknown) => void texts.push(JSON.stringify(value)) }, {});
        },
      },
    });
    ({ window } = await import('../../../src/vscode/ui/window'));
  });
  after(() => restoreVscode());
  beforeEach(() => (texts.length = 0));

  const item = { label: HOSTILE, description: HOSTILE, detail: HOSTILE };
  const box: vscode.InputBoxOptions = {
    title: HOSTILE,
    prompt: HOSTILE,
    placeHolder: HOSTILE,
    value: HOSTILE,
  };
  const severity = 3 as vscode.InputBoxValidationSeverity;
  const calls: Record<string, () => unknown> = {
    ...Object.fromEntries(
      names.map((name) => [
        name,
        () => window[name](HOSTILE, { modal: true, detail: HOSTILE }, HOSTILE, HOSTILE),
      ]),
    ),
    'a message without options': () => window.showErrorMessage(HOSTILE, HOSTILE),
    'a choice': () => window.showQuickPick([item], { title: HOSTILE, placeHolder: HOSTILE }),
    'a box': () => window.showInputBox(box),
    'a box with a problem': () => window.showInputBox({ ...box, validateInput: () => HOSTILE }),
    'a box with a problem later': () =>
      window.showInputBox({ ...box, validateInput: async () => HOSTILE }),
    'a box with a note': () =>
      window.showInputBox({ ...box, validateInput: () => ({ message: HOSTILE, severity }) }),
    'a dialog to save': () => window.showSaveDialog({ title: HOSTILE, saveLabel: HOSTILE }),
    'a dialog to open': () => window.showOpenDialog({ title: HOSTILE, openLabel: HOSTILE }),
    'a text in the status bar': () => window.setStatusBarMessage(HOSTILE, 1),
    'a terminal': () => window.createTerminal(HOSTILE),
    progress: () =>
      window.withProgress({ title: HOSTILE } as vscode.ProgressOptions, async (progress) =>
        progress.report({ message: HOSTILE }),
      ),
  };
  for (const [what, call] of Object.entries(calls)) {
    it(`makes every text of ${what} harmless`, async () => {
      await call();
      const shown = texts.filter((text) => text.includes('Click'));
      assert.ok(shown.length > 0);
      for (const text of texts) assert.doesNotMatch(text, ALIVE);
    });
  }

  it('says that nothing is wrong as nothing', async () => {
    for (const nothing of [undefined, null, '']) {
      texts.length = 0;
      await window.showInputBox({ validateInput: () => nothing });
      assert.deepEqual(texts, ['']);
    }
  });
});
