import { findInAssignments, readEnvLines } from './envFile';
import type { FoundConnection } from './found';
import {
  findInAppSettings,
  findInDBeaver,
  findInPasswordFile,
  findInPgAdmin,
  findInPrisma,
  findInServices,
} from './otherFiles';
import { findInCompose, findInProperties, findInRails, findInSpringYaml } from './yamlFiles';

type Find = (text: string, siblings: ReadonlyMap<string, string>) => FoundConnection[];

/** By the name of the file, its folder where that matters. The first that fits counts. */
const KINDS: readonly (readonly [name: RegExp, find: Find])[] = [
  [/(?:^|\/)\.env(?:\.[\w.-]+)?$/, (text) => findInAssignments(readEnvLines(text))],
  [/(?:^|\/)(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/, findInCompose],
  [/(?:^|\/)database\.ya?ml$/, findInRails],
  [/(?:^|\/)application(?:-[\w-]+)?\.ya?ml$/, findInSpringYaml],
  [/(?:^|\/)application(?:-[\w-]+)?\.properties$/, findInProperties],
  [/(?:^|\/)appsettings(?:\.[\w.-]+)?\.json$/, findInAppSettings],
  [/\.prisma$/, findInPrisma],
  [/(?:^|\/)\.?pg_service\.conf$/, findInServices],
  [/(?:^|\/)(?:\.pgpass|pgpass\.conf)$/, findInPasswordFile],
  [/(?:^|\/)data-sources[\w-]*\.json$/, findInDBeaver],
  [/(?:^|\/)(?:servers|[\w.-]*pgadmin[\w.-]*)\.json$/i, findInPgAdmin],
];

/** May it state connections, by its name? */
export function isKnownFile(file: string): boolean {
  const name = file.replaceAll('\\', '/');
  return KINDS.some(([pattern]) => pattern.test(name));
}

/**
 * What a file of another program states, by its name. Nothing in it is run.
 *
 * @param file its path
 * @param siblings variables of the .env file beside it, which compose files refer to
 */
export function findInFile(
  file: string,
  text: string,
  siblings: ReadonlyMap<string, string> = new Map(),
): FoundConnection[] {
  const name = file.replaceAll('\\', '/');
  const find = KINDS.find(([pattern]) => pattern.test(name))?.[1];
  return find?.(text, siblings) ?? [];
}

/** For the siblings of a compose file. */
export function variablesOf(text: string): Map<string, string> {
  return new Map(readEnvLines(text));
}
