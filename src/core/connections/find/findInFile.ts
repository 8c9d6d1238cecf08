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

/** Readers by file name, and by folder where that matters. The first match counts. */
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

/** Can a file of this name contain connections? */
export function isKnownFile(file: string): boolean {
  const name = file.replaceAll('\\', '/');
  return KINDS.some(([pattern]) => pattern.test(name));
}

/**
 * Finds the connections in another program's file. Its name decides how the file is read; nothing in
 * it is run.
 *
 * @param file path of the file
 * @param siblings variables of the .env file in the same folder, which compose files refer to
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

/** Variables of a .env file, for the compose file beside it. */
export function variablesOf(text: string): Map<string, string> {
  return new Map(readEnvLines(text));
}
