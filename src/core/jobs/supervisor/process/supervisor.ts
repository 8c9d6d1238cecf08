// The program that owns a job, or keeps those that wait, and outlives the window that has started it.
// A bundle of its own.
import path from 'node:path';
import { KEEP_QUEUE } from '../startScript';
import { keepQueue } from './keepQueue';
import { supervise } from './supervise';

const work = process.argv.includes(KEEP_QUEUE)
  ? keepQueue(__filename)
  : supervise(path.join(__dirname, 'guard.js'));

void work.then(
  () => process.exit(0),
  () => process.exit(1),
);
