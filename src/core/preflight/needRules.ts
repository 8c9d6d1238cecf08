import { setting, type Remedy, type Severity } from '../model/findings/findings';
import type { DatabaseFacts, FileFacts, FileName } from '../model/findings/preflightFacts';
import { qualified } from './names';
import { about, without, type Rule } from './rule';
import { quoteIdentifier } from '../sql';
import type { Situation } from './situation';

const NO_OWNERS: Remedy = setting('noOwnersAndPrivileges', { noOwner: true, noPrivileges: true });

/** Languages that every new database has. */
const OWN_LANGUAGES: readonly string[] = ['internal', 'c', 'sql', 'plpgsql'];
const OWN_METHODS: readonly string[] = ['heap', 'btree', 'hash', 'gist', 'gin', 'spgist', 'brin'];
const NO_METHOD = 'no-table-access-method';
const OWN_SCHEMAS: readonly string[] = ['public', 'pg_catalog'];

/**
 * What the archive needs, and the target lacks. Roles also of rows alone: those are loaded with large
 * objects, their owners and privileges.
 */
export const needRules: readonly Rule[] = [
  {
    code: 'ownersMissing',
    test: (situation) =>
      situation.options.noOwner ? null : rolesMissing(situation, situation.file.owners),
  },
  {
    code: 'ownersOutOfReach',
    test({ file, options, server, stops }) {
      if (server === null || server.isSuperuser || options.noOwner) return null;
      const foreign = new Set(server.foreignRoles);
      const names = file.owners.map(({ name }) => name).filter((name) => foreign.has(name));
      return about(names, {
        severity: stops ? 'stops' : 'surprises',
        details: { user: server.user },
        remedies: [NO_OWNERS, otherRoles(names)],
      });
    },
  },
  {
    code: 'granteesMissing',
    test: (situation) =>
      situation.options.noPrivileges ? null : rolesMissing(situation, situation.file.grantees),
  },
  {
    code: 'policyRolesMissing',
    test(situation) {
      if (situation.options.dataOnly) return null;
      const found = rolesMissing(situation, situation.file.policyRoles);
      return found && { ...found, remedies: found.remedies?.slice(1) ?? [] };
    },
  },
  {
    code: 'tablespacesMissing',
    test({ file, server, options, stops }) {
      if (server === null || options.toolOptions['no-tablespaces'] === true) return null;
      return about(without(file.tablespaces, server.tablespaces), {
        severity: severity(stops),
        remedies: [
          setting('noTablespaces', {
            toolOptions: { ...options.toolOptions, 'no-tablespaces': true },
          }),
        ],
      });
    },
  },
  {
    code: 'extensionsMissing',
    test({ file, server, database, stops }) {
      if (server === null) return null;
      const there = [
        ...server.extensions.map(({ name }) => name),
        ...(database?.installed.map(({ name }) => name) ?? []),
      ];
      const missing = without(file.extensions, there);
      return about(missing, {
        severity: severity(stops),
        remedies: leaveOut(file.extensions, missing),
      });
    },
  },
  {
    code: 'extensionsRefused',
    test({ file, server, database, stops }) {
      if (server === null || server.isSuperuser) return null;
      const trusted = new Map(server.extensions.map((each) => [each.name, each.trusted]));
      const installed = database?.installed.map(({ name }) => name) ?? [];
      const refused = without(file.extensions, installed).filter((name) => {
        const isTrusted = trusted.get(name);
        return isTrusted === false || (isTrusted === true && database?.mayCreate === false);
      });
      return about(refused, {
        severity: severity(stops),
        details: { user: server.user },
        remedies: leaveOut(file.extensions, refused),
      });
    },
  },
  {
    code: 'extensionSchemasMissing',
    test({ file, database, options, stops, server }) {
      if (server === null) return null;
      const schemas = new Set(schemasAfter(file, database));
      const installed = new Set(database?.installed.map(({ name }) => name));
      const missing = file.extensions.filter(
        ({ name, schema }) => schema !== null && !schemas.has(schema) && !installed.has(name),
      );
      const names = [...new Set(missing.map(({ schema }) => schema ?? ''))];
      return about(
        missing.map(({ name, schema }) => `${name} → ${schema ?? ''}`),
        {
          severity: severity(stops),
          // In a database that is not there yet nothing can be made.
          remedies: options.createDatabase
            ? []
            : [{ id: 'createSchemas', kind: 'step', step: { do: 'createSchemas', names } }],
        },
      );
    },
  },
  {
    code: 'extensionsElsewhere',
    test({ file, database, stops }) {
      const there = new Map(database?.installed.map(({ name, schema }) => [name, schema]));
      const elsewhere = file.extensions.filter(({ name, schema }) => {
        const installed = there.get(name);
        return schema !== null && installed !== undefined && installed !== schema;
      });
      return about(
        elsewhere.map(({ name, schema }) => `${name}: ${schema ?? ''} → ${there.get(name) ?? ''}`),
        { severity: severity(stops && elsewhere.some(({ needed }) => needed === true)) },
      );
    },
  },
  {
    code: 'extensionsOlder',
    test({ file, server, database }) {
      const known = new Map(server?.extensions.map(({ name, version }) => [name, version]));
      const needed = new Set(file.extensions.map(({ name }) => name));
      const older = (database?.installed ?? []).filter(({ name, version }) => {
        const usual = known.get(name) ?? '';
        return needed.has(name) && usual !== '' && usual !== version;
      });
      const text = older.map(({ name }) => `ALTER EXTENSION ${quoteIdentifier(name)} UPDATE;`);
      return about(
        older.map(({ name, version }) => `${name} ${version} → ${known.get(name) ?? ''}`),
        {
          severity: 'surprises',
          remedies: [{ id: 'copyUpdates', kind: 'copy', text: text.join('\n') }],
        },
      );
    },
  },
  {
    code: 'collationsMissing',
    test({ file, server, stops }) {
      if (server === null) return null;
      const missing = without(file.collations, server.collations);
      return about(missing, {
        severity: severity(stops),
        remedies: leaveOut(file.collations, missing),
      });
    },
  },
  {
    code: 'languagesMissing',
    test({ file, server, database, stops }) {
      if (server === null) return null;
      // `plperl` comes with the extension of that name.
      const brought = file.extensions.map(({ name }) => name);
      const there = [...(database?.languages ?? OWN_LANGUAGES), ...brought];
      return about(without(file.languages, there), { severity: severity(stops) });
    },
  },
  {
    code: 'accessMethodsMissing',
    test({ file, server, database, options, stops }) {
      // Extensions may create access methods, and the archive does not tell which.
      if (server === null || file.extensions.length > 0) return null;
      const there = database?.accessMethods ?? OWN_METHODS;
      const ofTables = file.accessMethods.filter(() => options.toolOptions[NO_METHOD] !== true);
      const missing = without(ofTables, there);
      return about([...missing, ...without(file.indexMethods, [...there, ...missing])], {
        severity: severity(stops),
        remedies:
          missing.length === 0
            ? []
            : [
                setting('noTableAccessMethod', {
                  toolOptions: { ...options.toolOptions, [NO_METHOD]: true },
                }),
              ],
      });
    },
  },
  {
    code: 'foreignServersMissing',
    test({ file, server, database, options, stops }) {
      if (server === null || options.dataOnly) return null;
      const missing = without(file.foreignServers, database?.foreignServers ?? []);
      return about(missing, {
        severity: severity(stops),
        remedies: leaveOut(file.foreignServers, missing),
      });
    },
  },
  {
    code: 'publishedMissing',
    test({ file, server, database, stops }) {
      if (server === null) return null;
      // The relations may be tens of thousands.
      if (file.published.length === 0) return null;
      const tables = new Set([
        ...(database?.published ?? []),
        ...file.relations.map((each) => qualified(each)),
      ]);
      const schemas = new Set(schemasAfter(file, database));
      const missing = file.published.flatMap(({ dumpId, schema, name }) => {
        const there = name === null ? schemas.has(schema) : tables.has(qualified({ schema, name }));
        return there ? [] : { dumpId, name: name === null ? schema : qualified({ schema, name }) };
      });
      const names = [...new Set(missing.map(({ name }) => name))];
      return about(names, { severity: severity(stops), remedies: leaveOut(missing, names) });
    },
  },
  {
    code: 'eventTriggersRefused',
    test({ file, server, stops, options }) {
      if (server === null || server.isSuperuser || options.dataOnly) return null;
      return about(
        file.eventTriggers.map(({ name }) => name),
        {
          severity: severity(stops),
          details: { user: server.user },
          remedies: leaveOut(
            file.eventTriggers,
            file.eventTriggers.map(({ name }) => name),
          ),
        },
      );
    },
  },
  {
    code: 'superuserOnly',
    test({ file, server, stops, options }) {
      if (server === null || server.isSuperuser || options.dataOnly) return null;
      const names = file.superuserOnly.map(({ name }) => name);
      return about(names, {
        severity: severity(stops),
        details: { user: server.user },
        remedies: leaveOut(file.superuserOnly, names),
      });
    },
  },
  {
    code: 'subscriptionsLeftOut',
    test: ({ file, options }) =>
      options.subscriptions || options.dumpIds !== null || options.dataOnly
        ? null
        : about(
            file.subscriptions.map(({ name }) => name),
            { severity: 'note', remedies: [setting('subscriptions', { subscriptions: true })] },
          ),
  },
  {
    code: 'statisticsLeftOut',
    test: ({ file, server, options }) =>
      file.statistics && server !== null && server.major < 18 && options.dumpIds === null
        ? { severity: 'note' }
        : null,
  },
];

/** Schemas that are there once the archive's are made. */
function schemasAfter(file: FileFacts, database: DatabaseFacts | null): string[] {
  const there = database?.schemas.map(({ name }) => name) ?? OWN_SCHEMAS;
  return [...there, ...file.schemas.map(({ name }) => name)];
}

function severity(stops: boolean): Severity {
  return stops ? 'stops' : 'surprises';
}

function rolesMissing({ server, stops }: Situation, needed: readonly FileName[]) {
  if (server === null) return null;
  const names = without(needed, server.roles);
  return about(names, {
    severity: severity(stops),
    remedies: [
      NO_OWNERS,
      otherRoles(names),
      { id: 'createRoles', kind: 'step', step: { do: 'createRoles', names } },
    ],
  });
}

function otherRoles(names: string[]): Remedy {
  return { id: 'mapRoles', kind: 'mapRoles', names };
}

/** Leaves out the entries of these names, and all entries that need them. */
function leaveOut(entries: readonly FileName[], names: readonly string[]): Remedy[] {
  const wanted = new Set(names);
  const dumpIds = entries.filter(({ name }) => wanted.has(name)).map(({ dumpId }) => dumpId);
  return dumpIds.length === 0 ? [] : [{ id: 'leaveOut', kind: 'leaveOut', dumpIds }];
}
