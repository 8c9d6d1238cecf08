// The program that owns a job, or keeps those that wait, and outlives the window that has started it.
// A bundle of its own.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { KEEP_QUEUE } from '../startScript';
import { endUnable } from '../unable';

const thisFile = fileURLToPath(import.meta.url);

// When too few files may be open, several modules fail to load, and only one of them fails `work`.
process.on('uncaughtException', endUnable);

/** Loads nearly everything itself, so that it can tell why that fails. */
async function work(): Promise<void> {
  if (process.argv.includes(KEEP_QUEUE)) {
    const { keepQueue } = await import('./keepQueue');
    return keepQueue(thisFile);
  }
  const { supervise } = await import('./supervise');
  return supervise(path.join(path.dirname(thisFile), 'guard.js'), process.argv);
}

void work().then(() => process.exit(0), endUnable);
