import type { FieldProblem } from '../core/forms/form/formTypes';
import type { WayBack } from '../core/text/ways/waysBack';
import type { ConnectionSummary, JobUpdate, ProblemAction, StringBundle } from './types';

/** Initial data of every form. */
export interface FormInit<O> {
  strings: StringBundle;
  connections: ConnectionSummary[];
  options: O;
  /** A job of this page that is running or has ended since the page was made. */
  job: JobUpdate | null;
  /** The user's shell decides which command is shown first. */
  shell: 'bash' | 'powershell';
}

/** Persisted state of a page. */
export interface FormKept<O> {
  restored: O | null;
  /** The job that it showed. */
  jobId?: string | undefined;
}

export type StartResult =
  | { started: true; jobId: string }
  /** The user said no to a question (overwrite, destructive restore). */
  | { started: false; declined: true }
  | { started: false; declined: false; problems: FieldProblem<string>[] };

/**
 * Requests of every form to the host: method -> [parameters, result]. `M`: the remembered part of
 * `O`.
 */
export interface FormRequests<O, M> {
  /** The options of the last job of this kind with this connection; null = there was none. */
  'options/remembered': [{ connectionId: string }, { options: M | null }];
  'job/start': [{ options: O }, StartResult];
  'job/cancel': [{ jobId: string }, void];
  /** What a job that has ended offers about what was there before. */
  'job/wayBack': [{ jobId: string; way: WayBack }, void];
  'clipboard/copy': [{ text: string }, void];
  /** Types the text into a terminal and leaves it to the user to run it. One line. */
  'terminal/open': [{ text: string }, void];
  /** A file for an option: one to read, or one to write. */
  'file/browse': [{ direction: 'in' | 'out'; current: string }, { path: string | null }];
  'problem/action': [{ action: ProblemAction; connectionId: string | null }, void];
}

export interface FormEvents {
  'job/update': JobUpdate;
  'connections/changed': { connections: ConnectionSummary[] };
}
