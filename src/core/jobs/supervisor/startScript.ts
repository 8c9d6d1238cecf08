import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { JobRequest } from './messages';
import { scriptEnvironment } from './process/scriptEnvironment';

/** Argument that makes the supervisor's bundle run `keepQueue`. */
export const KEEP_QUEUE = 'keep-queue';

/** What is run as a supervisor. */
export interface SupervisorScript {
  /** Absolute path of the bundle. */
  script: string;
  /** Absolute path of the directory in which its processes keep compiled code for later ones. */
  codeDir: string;
}

/** Argument of a supervisor: the kind of job that it is started for; none = it may be any. */
export type JobKind = JobRequest['kind'];

/**
 * Starts a supervisor, best with the kind of its job, or with `KEEP_QUEUE` a keeper of the queue: with
 * a pipe for messages, and in a session and process group of its own, so that what ends this process
 * does not end it.
 * @throws where the system refuses at once; `error` events of the process are the caller's to hear
 */
export function startScript(
  { script, codeDir }: SupervisorScript,
  ...args: (JobKind | typeof KEEP_QUEUE)[]
): ChildProcess {
  const child = spawn(process.execPath, [script, ...args, codeDir], {
    detached: true,
    windowsHide: true,
    cwd: path.dirname(script),
    env: scriptEnvironment(process.env),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  child.unref();
  child.channel?.unref();
  return child;
}
