import { readUrlsBy } from '../../../connections/url/reference';
import { isClusterBackup, isJoined } from '../../../model/options';
import type { JobRequest, StartMessage } from '../messages';
import type { JobKind } from '../startScript';
import { loadForBackup } from '../../backup/loadForBackup';

// What a job needs is loaded before it waits for its turn, or its tool runs: an update of the extension
// may have removed the files by then.

const LOADED_BY_KIND: Readonly<Record<JobKind, () => Promise<unknown>>> = {
  backup: () => import('../../backup/backupJob'),
  restore: () => Promise.all([import('../../restore/restoreJob'), ...loadExtras()]),
  verify: () => Promise.all([import('../../verify/verifyJob'), ...loadExtras()]),
};
const KINDS = Object.keys(LOADED_BY_KIND) as JobKind[];

/** What only some connections need: through SSH, or where a program prints the password. */
const CONNECTION_PARTS = {
  openTunnel: () => import('../../../connections/openTunnel'),
  passwordCommand: () => import('../../../connections/passwordCommand'),
};
export type ConnectionPart = keyof typeof CONNECTION_PARTS;

/** The kinds of job that the arguments name; none = it may be any. */
export function kindsIn(args: readonly string[]): JobKind[] {
  return KINDS.filter((kind) => args.includes(kind));
}

/** Loads what a job of these kinds may need, while there is nothing to do yet; none = of any kind. */
export async function loadAhead(kinds: readonly JobKind[]): Promise<void> {
  await Promise.all([
    import('../../tool/toolProcess'),
    import('./askedAhead'),
    ...(kinds.length === 0 ? Object.values(CONNECTION_PARTS).map((load) => load()) : []),
    ...(kinds.length === 0 ? KINDS : kinds).map((kind) => LOADED_BY_KIND[kind]()),
  ]);
}

/** Loads what tells where the connections of a job lead, if a URL says it. */
export async function loadUrls({ profiles }: Pick<StartMessage, 'profiles'>): Promise<void> {
  if (profiles.some(({ url }) => url !== undefined)) {
    readUrlsBy(await import('../../../connections/paste/readUrl'));
  }
}

/** Loads what this job needs; returns what starts its tools. */
export async function loadFor({ request, profiles }: Pick<StartMessage, 'request' | 'profiles'>) {
  const [tools] = await Promise.all([
    import('../../tool/toolProcess'),
    LOADED_BY_KIND[request.kind](),
    ...neededToConnect(profiles).map((part) => CONNECTION_PARTS[part]()),
    ...(isPlainBackup(request) ? [] : loadExtras()),
    ...(request.kind === 'backup' ? [loadForBackup(request.request)] : []),
  ]);
  return tools;
}

/** The parts that one of these connections needs. */
export function neededToConnect(profiles: StartMessage['profiles']): ConnectionPart[] {
  const isSet = (field: 'ssh' | 'passwordCommand'): boolean =>
    profiles.some((profile) => profile[field] !== undefined);
  return [
    ...(isSet('ssh') ? (['openTunnel'] as const) : []),
    ...(isSet('passwordCommand') ? (['passwordCommand'] as const) : []),
  ];
}

/** A backup of one database, which pg_dump writes as it is to be. */
function isPlainBackup({ kind, request: { options } }: JobRequest): boolean {
  return kind === 'backup' && 'scope' in options && !isClusterBackup(options) && !isJoined(options);
}

/** What most backups do without. */
function loadExtras(): Promise<unknown>[] {
  return [
    import('../../backup/clusterBackupJob'),
    import('../../backup/joinMembers'),
    import('../../../backups/records/recordSchema'),
    import('../../../forms/backup/backupForm'),
    import('../../../pgtools/locate/toolHelp'),
    import('../../../archive/data/checkStructure'),
    import('../../../archive/file/detectFile'),
    import('../../../archive/compression/zstdFrame'),
    import('../../../archive/compression/lz4Frame'),
    import('../../../archive/compression/bzip2Stream'),
  ];
}
