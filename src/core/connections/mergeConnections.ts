import type { ConnectionProfile } from '../model/profile';
import type { Variables } from './url/reference';
import { decodeProfiles, type ProfileProblemReport } from './decodeProfiles';

/** Scope of settings; `folder` is one folder of a multi-root workspace. */
export type SettingsScope = 'user' | 'workspace' | 'folder';

/** Identifies a settings file. */
export interface SettingsPlace {
  scope: SettingsScope;
  /** URI of the workspace folder; '' for the other scopes. */
  folder: string;
}

/** Identifies an entry in a settings file. */
export interface ConnectionPlace extends SettingsPlace {
  /** Position in that file's list; -1 = the setting as a whole. */
  index: number;
}

/** The value of `pgBackup.connections` in one settings file. */
export interface ScopedConnections extends SettingsPlace {
  value: unknown;
}

export interface PlacedConnection {
  profile: ConnectionProfile;
  place: ConnectionPlace;
  /** Entries with the same id in other files, which this entry overrides. */
  hides: readonly ConnectionPlace[];
}

export interface PlacedProblem extends ProfileProblemReport {
  place: ConnectionPlace;
  /** Entries with the same id in other files: even an unusable entry overrides them. */
  hides: readonly ConnectionPlace[];
}

export interface MergedConnections {
  connections: PlacedConnection[];
  problems: PlacedProblem[];
}

const SPECIFIC: readonly SettingsScope[] = ['folder', 'workspace', 'user'];

/** The entry that counts for an id; `profile` is null where it cannot be used. */
interface Winner {
  profile: ConnectionProfile | null;
  place: ConnectionPlace;
  hides: ConnectionPlace[];
}

/**
 * Merges the entries of all settings files by id. Where several files have the same id, the most
 * specific file counts (of folders, the first), even if its entry cannot be used: it may be there to
 * protect the database of the other one. Entries with other ids are not affected.
 *
 * @param variables of the process, for URLs that refer to one
 * @param sources in any order, but the folders among each other in the order of the workspace
 */
export function mergeConnections(
  sources: readonly ScopedConnections[],
  variables: Variables = {},
): MergedConnections {
  const winners = new Map<string, Winner>();
  const problems: PlacedProblem[] = [];
  for (const { scope, folder, value } of bySpecificity(sources)) {
    const decoded = decodeProfiles(value, scope === 'user' ? 'user' : 'workspace', variables);
    const placeAt = (index: number): ConnectionPlace => ({ scope, folder, index });
    const hidden = new Set(winners.keys());
    const usable = new Map(decoded.profiles.map((profile) => [profile.id, profile]));
    const ids = decoded.problems.flatMap(({ id }) => id ?? []);
    for (const id of new Set([...usable.keys(), ...ids])) {
      const place = placeAt(indexOf(value, id));
      const winner = winners.get(id);
      if (winner !== undefined) winner.hides.push(place);
      else winners.set(id, { profile: usable.get(id) ?? null, place, hides: [] });
    }
    for (const problem of decoded.problems) {
      const { id, index } = problem;
      // Problems of an overridden entry are not reported.
      if (id !== undefined && hidden.has(id)) continue;
      const winner = id === undefined || usable.has(id) ? undefined : winners.get(id);
      problems.push({ ...problem, place: placeAt(index), hides: winner?.hides ?? [] });
    }
  }
  const connections = [...winners.values()].flatMap(({ profile, place, hides }) =>
    profile === null ? [] : [{ profile, place, hides }],
  );
  return { connections, problems };
}

function bySpecificity(sources: readonly ScopedConnections[]): ScopedConnections[] {
  return SPECIFIC.flatMap((wanted) => sources.filter(({ scope }) => scope === wanted));
}

/** Index of the first entry with this id, which is the one that counts within its file. */
function indexOf(value: unknown, id: string): number {
  const entries: unknown[] = Array.isArray(value) ? value : [];
  return entries.findIndex(
    (entry) => typeof entry === 'object' && entry !== null && Reflect.get(entry, 'id') === id,
  );
}
