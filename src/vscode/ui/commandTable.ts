/** Commands by their names without `pgBackup.`; each may fail with an error that is then shown. */
export type CommandTable = Record<string, (...args: unknown[]) => unknown>;

/** The same commands, each of which waits for what it needs. */
export function waitingFor(ready: Promise<unknown>, commands: CommandTable): CommandTable {
  const waiting = Object.entries(commands).map(([name, run]): [string, CommandTable[string]] => [
    name,
    async (...args) => {
      await ready;
      return run(...args);
    },
  ]);
  return Object.fromEntries(waiting);
}
