// The program that owns a job and outlives the window that has started it. A bundle of its own.
import path from 'node:path';
import { supervise } from './supervise';

void supervise(path.join(__dirname, 'guard.js')).then(
  () => process.exit(0),
  () => process.exit(1),
);
