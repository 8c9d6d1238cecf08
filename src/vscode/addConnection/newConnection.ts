import type { ParsedUrl } from '../../core/connections/url/parseUrl';
import type { PastedConnection } from '../../core/connections/paste/pasted';
import { profileOf, proposedName, targetOf } from '../../core/connections/paste/profileOf';
import type { ConnectionProfile, SshRoute } from '../../core/model/profile';

export type Use = Pick<ConnectionProfile, 'environment' | 'readOnly'>;
export type Scope = 'user' | 'workspace';

/** A connection that is being added: all answers so far. Lives in memory only. */
export interface NewConnection {
  target: ParsedUrl;
  /** `${env:NAME}`, which stands for the whole target. */
  reference?: string | undefined;
  password?: string | undefined;
  /** Opens the key of the client certificate. */
  keyPassphrase?: string | undefined;
  /** The server is reached through it. */
  ssh?: SshRoute | undefined;
  /** Is the password kept once it has worked? */
  keepPassword: boolean;
  /** Undefined = the proposed one. */
  name?: string | undefined;
  use: Use;
  dropped: PastedConnection['dropped'];
  notes: PastedConnection['notes'];
}

export function emptyConnection(): NewConnection {
  return { target: { parameters: {} }, keepPassword: true, use: {}, dropped: [], notes: [] };
}

export function fromPasted(pasted: PastedConnection): NewConnection {
  const { profile, password, keyPassphrase, dropped, notes } = pasted;
  const start = { ...emptyConnection(), password, keyPassphrase, dropped, notes };
  if (profile.url?.startsWith('${') === true) return { ...start, reference: profile.url };
  return { ...start, target: targetOf(profile) };
}

export function nameOf(connection: NewConnection): string {
  const { name, reference, target } = connection;
  return name ?? reference?.replace(/^\$\{env:(.*)\}$/, '$1') ?? proposedName(target);
}

/** @param taken ids that are in use */
export function toProfile(
  connection: NewConnection,
  scope: Scope,
  taken: readonly string[],
): ConnectionProfile {
  const { reference, ssh, target, use } = connection;
  const name = nameOf(connection);
  return {
    id: freeId(name, taken),
    name,
    ...(reference === undefined ? profileOf(target) : { url: reference }),
    ...(ssh === undefined ? {} : { ssh }),
    ...use,
    ...(scope === 'user' ? { source: scope } : {}),
  };
}

/** A short id from the name, that no other connection has. */
export function freeId(name: string, taken: readonly string[]): string {
  const slug =
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-+|-+$/g, '') || 'connection';
  let id = slug;
  for (let n = 2; taken.includes(id); n++) id = `${slug}-${n}`;
  return id;
}
