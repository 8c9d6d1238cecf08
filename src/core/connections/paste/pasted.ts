import type { ConnectionProfile } from '../../model/profile';

/** Why a part of what was pasted is not taken over. The connection works without it. */
export type DropReason =
  /** It stands for something that is to be filled in: `[YOUR-PASSWORD]`, `${DB_HOST}`. */
  | 'placeholder'
  /** A setting of the driver, pool or framework that the text was written for. */
  | 'driver'
  /** The backup form asks for it: schemas, the encoding. */
  | 'form'
  /** This extension sets it itself. */
  | 'ours'
  /** Sets roles and settings unseen. */
  | 'options'
  /** What follows a `#`. */
  | 'fragment'
  /** libpq has no such parameter. */
  | 'unknown'
  /** Tools run in a neutral folder, where a relative path leads nowhere. */
  | 'relativePath'
  /** A key or a store in a form that libpq does not read (PKCS #8 in DER, PKCS #12, Java's). */
  | 'keyFormat'
  /** An option of a command that is not about the connection. */
  | 'command'
  /** What comes behind the command: a pipe, a redirection, another command. */
  | 'behindCommand';

/** Why a part of what was pasted keeps all of it from being used. */
export type RefuseReason =
  /** Another address is dialled than the host that is shown. */
  | 'otherAddress'
  /** A service file's password would go elsewhere than the file says. */
  | 'besideService'
  /** Passwords would be read from a file of its choice. */
  | 'passwordFile'
  /** Names a program, a library or a class to be loaded. */
  | 'runsCode'
  /** Hands the user's Kerberos identity to the server, or asks for a ticket for another service. */
  | 'delegates'
  /** Asks the user to sign in at an address of its choice. */
  | 'signIn'
  /** Writes the keys of the encryption into a file. */
  | 'writesSecrets'
  /** A command or substitution of the shell. */
  | 'runsCommand'
  /** The command runs on another machine or in a container, where names mean other things. */
  | 'elsewhere';

/** Why nothing at all can be made of a text. */
export type PasteProblem =
  | 'empty'
  /** No server, database or user was found in it. */
  | 'notUnderstood'
  /** It is for another kind of database; `name` says which. */
  | 'otherDatabase'
  /** An address of a service that is no PostgreSQL server (Prisma Accelerate). */
  | 'noServer'
  | 'badPort'
  | 'badSslMode';

/** What a field of the pasted text became. */
export type TakenField =
  | 'host'
  | 'port'
  | 'database'
  | 'user'
  | 'password'
  | 'keyPassphrase'
  | 'service'
  | 'sslMode'
  | 'sslRootCert'
  | 'sslCert'
  | 'sslKey'
  | 'url'
  | 'parameter';

export interface TakenPart {
  field: TakenField;
  /** Of `parameter`: libpq's keyword. */
  name?: string;
  /** Never a secret: '' for those. */
  value: string;
}

/** What is known of a hoster's address. */
export type HostNote =
  /** Recognised; `tls`: encryption was switched on because this host wants it. */
  | { note: 'hoster'; name: string; tls: boolean }
  /** The address was a transaction pooler's, which no backup gets through; another one was taken. */
  | { note: 'pooler'; name: string; from: string; to: string; instead: 'session' | 'direct' }
  /** A transaction pooler, and nobody knows the direct address. */
  | { note: 'poolerUnknown' }
  /** This host has an IPv6 address only; `pooler` has an IPv4 one. */
  | { note: 'ipv6Only'; name: string };

export type PastedProfile = Omit<ConnectionProfile, 'id' | 'source'>;

/** What was made of a text. */
export interface PastedConnection {
  profile: PastedProfile;
  /** Secrets, apart from all that is shown. */
  password?: string;
  keyPassphrase?: string;
  /** The secrets as they stand in the text, for a box that hides them. */
  secretTexts: readonly string[];
  taken: TakenPart[];
  dropped: { name: string; reason: DropReason }[];
  /** When there is one, nothing may be saved. */
  refused: { name: string; reason: RefuseReason }[];
  notes: HostNote[];
}

export type PasteResult = PastedConnection | { problem: PasteProblem; name?: string };
