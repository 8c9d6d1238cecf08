export type Environment = 'development' | 'staging' | 'production';

/** How a connection is encrypted, from the least to the strictest. */
export const SSL_MODES = [
  'disable',
  'allow',
  'prefer',
  'require',
  'verify-ca',
  'verify-full',
] as const;
export type SslMode = (typeof SSL_MODES)[number];

/**
 * Settings that an entry comes from. Anyone may have written a workspace's settings: they never
 * decide where a secret of the user goes.
 */
export type ProfileSource = 'user' | 'workspace';

/** An SSH server, in the words of `ssh`, whose own configuration fills what is left out. */
export interface SshRoute {
  /** A name of `~/.ssh/config`, a host name or an address. */
  host: string;
  user?: string;
  port?: number;
  /** Servers on the way, as `ssh -J` takes them: `user@host:port`, several with commas. */
  jump?: string;
}

/** Where the tools of a connection are, other than on this machine. */
export type ToolsElsewhere =
  /** A running container, by name; `by` left out: of the engine that has it. */
  | { container: string; by?: 'docker' | 'podman' }
  /** A container that is made of this image when it is needed, and ends by itself. */
  | { image: string; by?: 'docker' | 'podman' }
  /** A distribution of the Windows Subsystem for Linux. */
  | { wsl: string };

/** One entry of `pgBackup.connections`. What is left out falls to libpq's own defaults. */
export interface ConnectionProfile {
  id: string;
  name?: string;
  host?: string;
  port?: number;
  database?: string;
  user?: string;
  sslMode?: SslMode;
  sslRootCert?: string;
  sslCert?: string;
  sslKey?: string;
  /** A section of pg_service.conf. */
  service?: string;
  /** A postgresql:// URI without a password. */
  url?: string;
  /** Program and arguments that print the password. Of the user's own settings only. */
  passwordCommand?: readonly string[];
  /** The server is reached through it. Of the user's own settings only. */
  ssh?: SshRoute;
  /** Its tools run there. Of the user's own settings only. */
  tools?: ToolsElsewhere;
  environment?: Environment;
  /** Never restore into it. */
  readOnly?: boolean;
  /**
   * Which settings the entry was read from; not itself a field of the settings. Left out = a
   * workspace's.
   */
  source?: ProfileSource;
}

/** Fields of an entry that a URL can state as well, in the order in which they are shown. */
export const TARGET_FIELDS = [
  'host',
  'port',
  'database',
  'user',
  'service',
  'sslMode',
  'sslRootCert',
  'sslCert',
  'sslKey',
] as const;

/** Is there neither a tunnel nor a container between this machine and the server? */
export function isDirect({ ssh, tools }: Pick<ConnectionProfile, 'ssh' | 'tools'>): boolean {
  return ssh === undefined && tools === undefined;
}

/** Label in pickers and forms. */
export function connectionLabel(profile: Pick<ConnectionProfile, 'id' | 'name'>): string {
  return profile.name ?? profile.id;
}
