/** Commands by their names without `pgBackup.`; each may fail with an error that is then shown. */
export type CommandTable = Record<string, (...args: unknown[]) => unknown>;
