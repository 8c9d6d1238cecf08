import { closeSync, openSync } from 'node:fs';
import os from 'node:os';
import { noHandlesOf } from '../../errors';
import { notStarted } from './notStarted';

/**
 * Starting a program takes a pair of handles for each of its streams and one more; the rest is for
 * what other threads of this process open in this very moment.
 */
const HANDLES = 16;

/**
 * Makes sure that there are file handles for a program.
 * @throws AppError `toolNotStarted`
 */
export function requireHandles(file: string): void {
  // On Windows only memory limits the number of handles.
  if (process.platform === 'win32') return;
  const handles: number[] = [];
  try {
    while (handles.length < HANDLES) handles.push(openSync(os.devNull, 'r'));
  } catch (error) {
    const code = noHandlesOf(error);
    if (code !== undefined) throw notStarted(file, code);
  } finally {
    for (const handle of handles) closeSync(handle);
  }
}
