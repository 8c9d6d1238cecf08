import type { Readable } from 'node:stream';
import type { ToolCommand } from '../../model/tools';
import type { PlacedRun } from '../../pgtools/locate/startPlaced';

/** How a tool ended. */
export interface ToolExit {
  /** null when a signal ended it, or when it never started. */
  code: number | null;
  signal: string | null;
  /** Why it could not be started at all (`ENOENT`, `EACCES`, …); null when it ran. */
  startFailure: string | null;
}

/**
 * A running tool. Jobs handle processes only through this interface: they start one by `StartTool`,
 * get its output as chunks, wait for `exit`, and may interrupt or kill it.
 */
export interface ToolProcess {
  /** undefined when the tool could not be started. */
  readonly pid: number | undefined;
  /** Resolves once, after the last chunk of output was handed over. Never rejects. */
  readonly exit: Promise<ToolExit>;
  /** Asks the tool and all its workers to stop: SIGINT to the group, which psql honours too. */
  interrupt(): void;
  /** Ends the tool and all its workers at once. */
  kill(): void;
  /** Of a tool that runs elsewhere: how it is found there. */
  readonly placed?: PlacedRun;
}

export interface ToolStartOptions {
  /** Raw output, stderr and stdout as they come; called synchronously, so nothing piles up. */
  onChunk: (chunk: Buffer, from: 'stdout' | 'stderr') => void;
  /** What the tool reads on its standard input, or the path of a file; nothing when left out. */
  stdin?: Readable | string | undefined;
  /** Path of an existing file that its standard output replaces; handed out as chunks when left out. */
  stdoutFile?: string | undefined;
}

/** A tool's command, or that of a program which is none of PostgreSQL's. */
export type StartedCommand = Omit<ToolCommand, 'tool'> & Partial<Pick<ToolCommand, 'tool'>>;

/** Starts a tool; returns at once, also when it cannot be started (see `ToolExit.startFailure`). */
export type StartTool = (command: StartedCommand, options: ToolStartOptions) => ToolProcess;
