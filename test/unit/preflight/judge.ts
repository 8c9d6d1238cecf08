import { entryLoop } from '../../../src/core/cooperativeLoop';
import { noFileFacts } from '../../../src/core/archive/facts/noFileFacts';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import type {
  DatabaseFacts,
  FileFacts,
  ServerFacts,
} from '../../../src/core/model/findings/preflightFacts';
import type { Preflight } from '../../../src/core/model/findings/findings';
import type { RestoreOptions } from '../../../src/core/model/options';
import { applyPreflightRules } from '../../../src/core/preflight/preflightRules';
import type { PreflightInput } from '../../../src/core/preflight/situation';

const file: FileFacts = {
  ...noFileFacts({ format: 'custom', serverMajor: 17, encoding: 'UTF8' }),
  relations: [{ dumpId: 1, desc: 'TABLE', schema: 'app', name: 'orders' }],
  rows: [{ dumpId: 2, schema: 'app', name: 'orders', columns: ['id'] }],
  entries: 10,
};
export const SERVER: ServerFacts = {
  major: 17,
  user: 'me',
  isSuperuser: true,
  readOnly: null,
  mayCreateDatabase: true,
  roles: [],
  foreignRoles: [],
  tablespaces: [],
  lockable: 6400,
  freeConnections: 90,
  dataPath: null,
  freeBytes: null,
  extensions: [],
  collations: [],
  pooled: false,
};
export const DATABASE: DatabaseFacts = {
  database: 'shop',
  owned: true,
  encoding: 'UTF8',
  mayCreate: true,
  schemas: [{ name: 'public', mayCreate: true, empty: true }],
  relations: [],
  otherObjects: 0,
  routines: [],
  types: [],
  installed: [],
  staleCollations: [],
  languages: ['sql', 'plpgsql'],
  accessMethods: ['heap', 'btree'],
  foreignServers: [],
  published: [],
  sessions: [],
  preparedTransactions: [],
  logicalSlots: [],
  subscriptions: [],
  eventTriggers: [],
  dependents: { count: 0, keys: 0, first: [] },
  keyTables: [],
  largeObjects: { count: 0, oids: [], notOwned: [], absent: [] },
};
const connection: PreflightInput['connection'] = {
  readOnly: false,
  environment: null,
  name: 'Shop',
  host: 'db.example',
};

/** What is other than usual: a backup of one table, and an empty database. */
export interface Change {
  file?: Partial<FileFacts>;
  server?: Partial<ServerFacts>;
  database?: Partial<DatabaseFacts>;
  connection?: Partial<PreflightInput['connection']>;
  options?: Partial<RestoreOptions>;
  fitsOneTransaction?: boolean;
  /** Nobody could look. */
  unknown?: true;
  unread?: PreflightInput['unread'];
}

/** What the rules find. */
export async function judge(change: Change, loop = entryLoop()): Promise<Preflight> {
  const target = {
    server: { ...SERVER, ...change.server },
    database: { ...DATABASE, ...change.database },
  };
  const options: RestoreOptions = {
    ...restoreDefaults(),
    ...{ connectionId: 'shop', inputPath: '/backups/shop.dump' },
    ...change.options,
  };
  const input: PreflightInput = {
    file: { ...file, ...change.file },
    target: change.unknown ? null : target,
    options,
    fitsOneTransaction: change.fitsOneTransaction ?? false,
    archiveTables: [
      { schema: 'app', name: 'orders' },
      { schema: 'app', name: 'lines' },
    ],
    unread: change.unread,
    refused: [],
    connection: { ...connection, ...change.connection },
  };
  return applyPreflightRules(input, loop);
}
