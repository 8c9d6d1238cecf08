import type * as vscode from 'vscode';

/** Rows show ages in minutes. */
const CLOCK_MS = 60_000;

/**
 * Calls `redraw` once a minute while the view is visible, and when it is shown again. A hidden view
 * has no timer.
 */
export function redrawWhileVisible(
  view: Pick<vscode.TreeView<unknown>, 'visible' | 'onDidChangeVisibility'>,
  redraw: () => void,
): vscode.Disposable {
  let clock: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearInterval(clock);
    clock = undefined;
  };
  const follow = (visible: boolean): void => {
    stop();
    if (visible) clock = setInterval(redraw, CLOCK_MS);
  };
  follow(view.visible);
  const watching = view.onDidChangeVisibility(({ visible }) => {
    follow(visible);
    if (visible) redraw();
  });
  return {
    dispose: () => {
      stop();
      watching.dispose();
    },
  };
}
