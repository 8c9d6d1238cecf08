import type { ConnectionProfile } from '../model/profile';
import type { Variables } from './reference';
import { decodeProfiles, type ProfileProblemReport } from './decodeProfiles';

/** Whose settings: the user's, the workspace's, or one folder's of a workspace with several. */
export type SettingsScope = 'user' | 'workspace' | 'folder';

/** One of the settings files, as far as an entry of it can be found again. */
export interface SettingsPlace {
  scope: SettingsScope;
  /** URI of the folder; '' for the other scopes. */
  folder: string;
}

/** Place of an entry in the settings. */
export interface ConnectionPlace extends SettingsPlace {
  /** Position in the list of that file; -1 = the setting as a whole. */
  index: number;
}

/** `pgBackup.connections` as one of the files states it. */
export interface ScopedConnections extends SettingsPlace {
  value: unknown;
}

export interface PlacedConnection {
  profile: ConnectionProfile;
  place: ConnectionPlace;
  /** Entries with the same id that do not count because of this one. */
  hides: readonly ConnectionPlace[];
}

export interface PlacedProblem extends ProfileProblemReport {
  place: ConnectionPlace;
  /** An entry that cannot be used hides others as well. */
  hides: readonly ConnectionPlace[];
}

export interface MergedConnections {
  connections: PlacedConnection[];
  problems: PlacedProblem[];
}

const SPECIFIC: readonly SettingsScope[] = ['folder', 'workspace', 'user'];

/** The entry of an id that counts; `profile` is null where it cannot be used. */
interface Winner {
  profile: ConnectionProfile | null;
  place: ConnectionPlace;
  hides: ConnectionPlace[];
}

/**
 * The entries of all files by id. Where an id is in several, the most specific file counts (of
 * folders, the first), even if its entry cannot be used: it may be there to guard the other one.
 * No list makes the rest of another one vanish.
 *
 * @param variables of the process, for URLs that stand for one
 * @param sources in any order, those of a scope in the order of the folders
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
      // An entry that is not used causes no problem.
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

/** Index of the first entry with the id, which is the one that is used within its file. */
function indexOf(value: unknown, id: string): number {
  const entries: unknown[] = Array.isArray(value) ? value : [];
  return entries.findIndex(
    (entry) => typeof entry === 'object' && entry !== null && Reflect.get(entry, 'id') === id,
  );
}
