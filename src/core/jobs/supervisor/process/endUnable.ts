import type { UnableMessage } from '../unable';

/** Ends this process, after it has told the one that started it why it cannot begin. */
export function endUnable(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  const text = error instanceof Error ? error.message : String(error);
  const message: UnableMessage = { type: 'unable', code, text };
  if (!process.connected || !process.send) process.exit(1);
  process.send(message, undefined, undefined, () => process.exit(1));
}
