import type { ConnectionProfile } from '../../model/profile';

/** Why a part of the pasted text is left out. The connection works without that part. */
export type DropReason =
  /** A placeholder that the user should have replaced: `[YOUR-PASSWORD]`, `${DB_HOST}`. */
  | 'placeholder'
  /** A setting of the driver, pool or framework. */
  | 'driver'
  /** The backup form has a field for it: schemas, the encoding. */
  | 'form'
  /** This extension sets the value itself. */
  | 'ours'
  /** PGOPTIONS or `options`: could change roles and settings without being seen. */
  | 'options'
  /** The part of a URL after `#`. */
  | 'fragment'
  /** libpq has no such parameter. */
  | 'unknown'
  /** A relative path: tools run in another folder, where it would not be found. */
  | 'relativePath'
  /** A key or key store in a format that libpq cannot read (PKCS #8 in DER, PKCS #12, Java's). */
  | 'keyFormat'
  /** An option of the command that has nothing to do with the connection. */
  | 'command'
  /** Text after the command: a pipe, a redirection, another command. */
  | 'behindCommand';

/** Why a part of the pasted text makes the whole text unusable. */
export type RefuseReason =
  /** The connection would go to another address than the host that is shown. */
  | 'otherAddress'
  /** The password of a service file would go to another server than the file says. */
  | 'besideService'
  /** Names the file that passwords are read from. */
  | 'passwordFile'
  /** Names a program, a library or a class to be loaded. */
  | 'runsCode'
  /** Hands the user's Kerberos identity to the server, or asks for a ticket for another service. */
  | 'delegates'
  /** Has libpq ask the user to sign in at an address that the text chooses. */
  | 'signIn'
  /** Has libpq write the encryption keys into a file. */
  | 'writesSecrets'
  /** A command substitution of the shell. */
  | 'runsCommand'
  /** The command runs on another machine or in a container, where host names mean other servers. */
  | 'elsewhere';

/** Why a text cannot be used at all. */
export type PasteProblem =
  | 'empty'
  /** The text names no server, database or user. */
  | 'notUnderstood'
  /** The text is for another kind of database; `name` says which. */
  | 'otherDatabase'
  /** The address of a service that is not a PostgreSQL server (Prisma Accelerate). */
  | 'noServer'
  | 'badPort'
  | 'badSslMode';

/** The field that a part of the pasted text was taken over to. */
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
  /** Where the field is `parameter`: libpq's keyword. */
  name?: string;
  /** '' for secrets. */
  value: string;
}

/** A remark about a hoster's address. */
export type HostNote =
  /** The hoster was recognised; `tls`: encryption was switched on because the hoster requires it. */
  | { note: 'hoster'; name: string; tls: boolean }
  /** The address was a transaction pooler's, which backups cannot use, and was replaced. */
  | { note: 'pooler'; name: string; from: string; to: string; instead: 'session' | 'direct' }
  /** The address is a transaction pooler's, and the direct address is unknown. */
  | { note: 'poolerUnknown' }
  /** The host has only an IPv6 address; the hoster's pooler has an IPv4 address. */
  | { note: 'ipv6Only'; name: string };

export type PastedProfile = Omit<ConnectionProfile, 'id' | 'source'>;

/** The connection that was read from a text. */
export interface PastedConnection {
  profile: PastedProfile;
  /** Secrets are separate from everything that is shown. */
  password?: string;
  keyPassphrase?: string;
  /** The secrets as they are written in the text, for an input box that hides them. */
  secretTexts: readonly string[];
  taken: TakenPart[];
  dropped: { name: string; reason: DropReason }[];
  /** If there is any, the connection must not be saved. */
  refused: { name: string; reason: RefuseReason }[];
  notes: HostNote[];
}

export type PasteResult = PastedConnection | { problem: PasteProblem; name?: string };
