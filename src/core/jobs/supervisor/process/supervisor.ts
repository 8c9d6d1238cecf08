// The program that owns a job, or keeps those that wait, and outlives the window that has started it.
// A bundle of its own, of the little that is needed to load the rest as compiled code.
import path from 'node:path';
import { CodeCache } from './codeCache';
import { endUnable } from './endUnable';

// When too few files may be open, several modules fail to load, and only one of them fails `work`.
process.on('uncaughtException', endUnable);

/** Loads nearly everything itself, so that it can tell why that fails. */
async function work(): Promise<void> {
  const args = process.argv.slice(2);
  const kinds = args.filter((arg) => !path.isAbsolute(arg));
  // The directory of compiled code.
  const dir = args.find((arg) => path.isAbsolute(arg));
  const cache = dir === undefined ? null : CodeCache.use(path.join(dir, kinds[0] ?? 'any'));
  const { runSupervisor } = await import('./runSupervisor');
  const completed = await runSupervisor(__filename, kinds, endUnable);
  if (completed) cache?.keep();
}

void work().then(() => process.exit(0), endUnable);
