/** Milliseconds of `activate`, and of the host's processor time meanwhile. */
interface Activation {
  readonly milliseconds: number;
  readonly processor: number;
}

/** A backup whose tool says 200,000 lines; MB and milliseconds in the extension host. */
export interface ManyLines {
  readonly milliseconds: number;
  /** At a time. */
  readonly heldMs: number;
  /** The longest that the window, which shows the Output channel, took to carry out a command. */
  readonly answerMs: number;
  /** Of the extension host. */
  readonly processor: number;
  readonly memory: number;
}

/** What the extension host tells about one window. */
export interface HostResult {
  /** Of an empty extension and of ours. */
  readonly activation: { readonly empty: Activation; readonly ours: Activation };
  /** Of the first command, with which the parts are loaded. */
  readonly firstUse: Activation;
  /** MB that many jobs left, beyond the first: what is still held, and what the process has. */
  readonly afterJobs: { readonly held: number; readonly resident: number };
  /** Where timers were set that are still there, and commands of processes that still run. */
  readonly idle: readonly string[];
  /** null = not asked for. */
  readonly lines: {
    /** Milliseconds of the same backup without these lines. */
    readonly quiet: number;
    readonly noForm: ManyLines;
    /** While a form shows the job. */
    readonly form: ManyLines;
  } | null;
}
