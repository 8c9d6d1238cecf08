import { processWide } from './processWide';

/** Something that runs or lies about and must be gone when this process ends. */
export interface Leftover {
  /** The orderly end. Called on signals. */
  readonly stop: () => Promise<void>;
  /** The last resort when the process exits at once: kill, delete; no waiting possible. */
  readonly stopNow: () => void;
}

interface State {
  readonly leftovers: Set<Leftover>;
  installed: boolean;
  stopping: Promise<void> | undefined;
}

const state = processWide<State>('cleanup', () => ({
  leftovers: new Set(),
  installed: false,
  stopping: undefined,
}));
const { leftovers } = state;

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Stops everything registered, newest first. Errors are printed, and the others are stopped all the
 * same.
 */
export async function stopEverything(): Promise<void> {
  for (const leftover of [...leftovers].reverse()) {
    try {
      await leftover.stop();
    } catch (error) {
      process.stderr.write(`cleaning up failed: ${String(error)}\n`);
      leftover.stopNow();
    }
    leftovers.delete(leftover);
  }
}

function stopAndExit(code: number): void {
  // A second signal (the terminal sends one to everybody, npm passes on another) changes nothing.
  state.stopping ??= stopEverything().then(() => process.exit(code));
}

function install(): void {
  if (state.installed) return;
  state.installed = true;
  for (const [signal, code] of Object.entries(exitCodes)) {
    process.on(signal, () => stopAndExit(code));
  }
  // The bootstrap script holds the other end of this channel.
  process.on('disconnect', () => stopAndExit(1));
  process.on('exit', () => {
    for (const leftover of leftovers) {
      try {
        leftover.stopNow();
      } catch {
        // Errors are ignored while the process exits.
      }
    }
  });
}

/** Registers `leftover`; the function returned takes it back (after it was stopped in order). */
export function stopAtExit(leftover: Leftover): () => void {
  install();
  leftovers.add(leftover);
  return () => leftovers.delete(leftover);
}
