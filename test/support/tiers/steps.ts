/** Seconds with one decimal, as they are printed everywhere: `12.3 s`. */
export function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Prints one line of what the setup does. Not for test results. */
export function note(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Runs a step of the setup, and says how long it took when it took noticeable time. */
export async function step<T>(title: string, action: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    const result = await action();
    const took = performance.now() - started;
    if (took > 500) note(`  ${title}: ${formatSeconds(took)}`);
    return result;
  } catch (error) {
    note(`  ${title}: failed after ${formatSeconds(performance.now() - started)}`);
    throw error;
  }
}
