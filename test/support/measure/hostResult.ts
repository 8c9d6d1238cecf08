/** Milliseconds of `activate`, and of the host's processor time meanwhile. */
interface Activation {
  readonly milliseconds: number;
  readonly processor: number;
}

/** What the extension host tells about one window. */
export interface HostResult {
  /** Of an empty extension and of ours. */
  readonly activation: { readonly empty: Activation; readonly ours: Activation };
  /** MB that many jobs left, beyond the first. */
  readonly afterJobs: number;
  /** Where timers were set that are still there, and commands of processes that still run. */
  readonly idle: readonly string[];
  /** A backup whose tool says 200,000 lines; MB and milliseconds in the extension host. */
  readonly lines: {
    readonly milliseconds: number;
    /** The same backup without these lines. */
    readonly quiet: number;
    readonly heldMs: number;
    readonly memory: number;
  };
}
