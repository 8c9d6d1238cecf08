// The program that owns a job, or keeps those that wait, and outlives the window that has started it.
// A bundle of its own.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { KEEP_QUEUE } from '../startScript';
import { keepQueue } from './keepQueue';
import { supervise } from './supervise';

const thisFile = fileURLToPath(import.meta.url);

const work = process.argv.includes(KEEP_QUEUE)
  ? keepQueue(thisFile)
  : supervise(path.join(path.dirname(thisFile), 'guard.js'), process.argv);

void work.then(
  () => process.exit(0),
  () => process.exit(1),
);
