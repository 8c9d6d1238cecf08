/** The documents of pre-flights, and counting, as VS Code gets them. */
import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { AppError } from '../../../src/core/errors';
import type * as Documents from '../../../src/vscode/panels/preflightDocuments';
import type * as TakeStep from '../../../src/vscode/panels/takeStep';
import { fakeVscode } from '../../support/workbench/fakeVscode';

const closed: ((document: { uri: vscode.Uri }) => void)[] = [];
const shown: { uri: vscode.Uri; line: number }[] = [];
let cancel: (() => void) | undefined;

const fake = {
  l10n: { t: (text: string) => text },
  ProgressLocation: { Notification: 15 },
  Uri: {
    from: (parts: object) => ({ ...parts, toString: () => JSON.stringify(parts) }),
  },
  Range: class {
    constructor(readonly line: number) {}
  },
  workspace: {
    onDidCloseTextDocument: (listener: (typeof closed)[number]) => {
      closed.push(listener);
      return { dispose: () => undefined };
    },
    openTextDocument: async (uri: vscode.Uri) => ({ uri }),
  },
  window: {
    showTextDocument: async (
      { uri }: { uri: vscode.Uri },
      { selection }: { selection: { line: number } },
    ) => void shown.push({ uri, line: selection.line }),
    withProgress: (_: unknown, task: (progress: unknown, token: unknown) => unknown) =>
      task(
        { report: () => undefined },
        {
          onCancellationRequested: (listener: () => void) => {
            cancel = listener;
            return { dispose: () => undefined };
          },
        },
      ),
  },
};

describe('What a pre-flight opens', () => {
  let restoreVscode: () => void;
  let PreflightDocuments: typeof Documents.PreflightDocuments;
  let takeStep: typeof TakeStep.takeStep;
  before(async () => {
    restoreVscode = fakeVscode(fake);
    ({ PreflightDocuments } = await import('../../../src/vscode/panels/preflightDocuments'));
    ({ takeStep } = await import('../../../src/vscode/panels/takeStep'));
  });
  after(() => restoreVscode());

  it('is a document with its cursor at the finding, without secrets, until it is closed', async () => {
    const documents = new PreflightDocuments({ lead: () => undefined });
    await documents.show('Restore a/b\n.dump', ['head', '  postgres://bob:s3cret@db/x', 'end'], 2);
    const [first] = shown;
    assert.ok(first);
    assert.equal(first.line, 2);
    assert.equal(first.uri.path, '/Restore a_b_.dump.txt');
    const text = documents.provideTextDocumentContent(first.uri);
    assert.match(text, /^head\n {2}postgres:.*\nend\n$/);
    assert.doesNotMatch(text, /s3cret/);
    for (const close of closed) close({ uri: first.uri });
    const gone = 'This document is no longer known.';
    assert.equal(documents.provideTextDocumentContent(first.uri), gone);
  });

  it('is a count without a question, which can be cancelled', async () => {
    const tables = [{ schema: 'app', name: 'orders' }];
    const taken = { connectionId: 'a', database: null, step: { do: 'countRows', tables } } as const;
    const asks: unknown[] = [];
    const services = (count: (signal: AbortSignal) => Promise<void>) =>
      ({
        connections: {},
        preflight: {
          count: async (...all: [string, null, unknown, AbortSignal]) => {
            asks.push(all.slice(0, 3));
            await count(all[3]);
          },
        },
      }) as unknown as Parameters<typeof takeStep>[0];
    const step = { ...taken, step: { ...taken.step, tables: [...tables] } };
    assert.deepEqual(
      await takeStep(
        services(async () => undefined),
        step,
      ),
      { done: true },
    );
    assert.deepEqual(asks, [['a', null, tables]]);
    const ended = takeStep(
      services(async (signal) => {
        cancel?.();
        if (signal.aborted) throw new AppError('cancelled', {});
      }),
      step,
    );
    assert.deepEqual(await ended, { done: false });
    const failing = takeStep(
      services(() => Promise.reject(new AppError('queryTimedOut', { seconds: 900 }))),
      step,
    );
    await assert.rejects(failing, (error) => AppError.is(error, 'queryTimedOut'));
  });
});
