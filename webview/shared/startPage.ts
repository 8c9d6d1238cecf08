import { messageOf } from '../../src/core/errors';
import { registerToolkit } from './ui/toolkit';

/** Runs a page in its root element; a page that cannot start says so instead of staying empty. */
export function startPage(start: (root: HTMLElement) => Promise<void>): void {
  registerToolkit();
  const root = document.getElementById('root');
  if (!root) throw new Error('The page has no root element');
  start(root).catch((error: unknown) => {
    root.textContent = messageOf(error);
    root.className = 'start-failure';
  });
}
