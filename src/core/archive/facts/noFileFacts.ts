import type { FileFacts } from '../../model/findings/preflightFacts';

/** The facts about a file of which nothing is restored. */
export function noFileFacts(of: Pick<FileFacts, 'format' | 'serverMajor' | 'encoding'>): FileFacts {
  return {
    ...of,
    relations: [],
    routines: [],
    types: [],
    schemas: [],
    rows: [],
    owners: [],
    grantees: [],
    policyRoles: [],
    tablespaces: [],
    extensions: [],
    collations: [],
    languages: [],
    accessMethods: [],
    indexMethods: [],
    foreignServers: [],
    published: [],
    eventTriggers: [],
    superuserOnly: [],
    subscriptions: [],
    statistics: false,
    entries: 0,
    bytes: 0,
    largeObjects: 0,
    largeObjectIds: [],
    largeObjectEntries: [],
    keysAtRisk: 0,
  };
}
