import type { BackupContext } from './context';
import type { FormEvaluation } from './formTypes';
import type { BackupDefaults, BackupFormat, BackupOptions } from './options';

export type { BackupContext } from './context';

/** What a new backup form holds, by format. */
export function backupDefaults(format: BackupFormat = 'custom'): BackupDefaults {
  return {
    format,
    compression: format === 'custom' || format === 'directory' ? 6 : 0,
    includeSchema: true,
    includeData: true,
    includePrivileges: true,
    includeOwnership: true,
    schemas: null,
    tables: null,
    excludeTables: [],
    excludeTableData: [],
    largeObjects: null,
    extensions: null,
    jobs: 1,
    lockWaitTimeout: 30,
    noSync: false,
    encoding: null,
    extraArgs: [],
  };
}

/** Which fields can be used, what is wrong, and what will be in the dump. */
export function evaluateBackup(
  options: BackupOptions,
  context: BackupContext,
): FormEvaluation<keyof BackupOptions> {
  void options;
  void context;
  return { fields: {}, problems: [], summary: [] };
}

/** Applies a user's change together with the defaults that depend on it. */
export function changeBackup(options: BackupOptions, patch: Partial<BackupOptions>): BackupOptions {
  return { ...options, ...patch };
}
