/** Options of a backup by the command API, with every field. */
export const fullExample = {
  format: 'custom',
  compression: 6,
  includeSchema: true,
  includeData: true,
  includePrivileges: true,
  includeOwnership: true,
  schemas: null,
  tables: null,
  excludeTables: [],
  excludeTableData: [],
  jobs: 4,
  lockWaitTimeout: 30,
  noSync: false,
  encoding: null,
  extraArgs: [],
} as const;
