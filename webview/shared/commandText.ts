import type { Shell } from './elements/pgCommand';

/** A command as it can be pasted into a shell. */
export function displayCommand(argv: readonly string[], _shell: Shell): string {
  return argv.join(' ');
}
