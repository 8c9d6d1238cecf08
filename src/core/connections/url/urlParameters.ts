import { isSecretName } from '../../secrets/secretWords';

/*
 * Which parameters a connection's URL may carry. The URL can come with a workspace, so this is a list
 * of what is allowed: what sends a connection, a ticket or a password elsewhere than the URL says,
 * what changes what is dumped, and what holds a secret is refused by name.
 */

/** Why a parameter that libpq knows is refused, as a code for the advice. */
export type RefusedUrlParameter =
  /** It can name any file, and the password in it goes to the host beside it. */
  | 'passfile'
  /** Sets roles, search paths and timeouts behind the user's back; PGOPTIONS is dropped as well. */
  | 'options'
  /** Decides what a dump contains. */
  | 'client_encoding'
  /** Names the library that gets the user's Kerberos credentials. */
  | 'gsslib'
  /** Asks for a ticket for some other service. */
  | 'krbsrvname'
  /** Hands the user's Kerberos credentials to the server. */
  | 'gssdelegation'
  /** Asks the user to sign in, at an address of its own choice, whenever a tool starts. */
  | 'oauth_issuer'
  | 'oauth_client_id'
  | 'oauth_scope';

export type ParameterVerdict =
  /** Passed on to libpq. */
  | 'kept'
  /** Left out without a word: it does not matter. */
  | 'dropped'
  /** Its value is a secret. */
  | 'secret'
  /** libpq 12 to 18 has no such parameter, or it cannot serve a backup. */
  | 'unknown'
  | { refused: RefusedUrlParameter };

/** The application name is ours: it is how a job finds its backends. */
const DROPPED: ReadonlySet<string> = new Set(['application_name', 'fallback_application_name']);

/** They choose among the stated hosts, set timeouts, and say how both sides authenticate. */
const KEPT: ReadonlySet<string> = new Set([
  'hostaddr',
  'target_session_attrs',
  'load_balance_hosts',
  'connect_timeout',
  'keepalives',
  'keepalives_idle',
  'keepalives_interval',
  'keepalives_count',
  'tcp_user_timeout',
  'require_auth',
  'channel_binding',
  'requirepeer',
  'gssencmode',
  'sslnegotiation',
  'sslcompression',
  'sslcertmode',
  'sslcrl',
  'sslcrldir',
  'sslsni',
  'ssl_min_protocol_version',
  'ssl_max_protocol_version',
  'min_protocol_version',
  'max_protocol_version',
]);

const REFUSED: ReadonlySet<string> = new Set<RefusedUrlParameter>([
  'passfile',
  'options',
  'client_encoding',
  'gsslib',
  'krbsrvname',
  'gssdelegation',
  'oauth_issuer',
  'oauth_client_id',
  'oauth_scope',
]);

/** By which hosters' proxies find the database where TLS does not name it; the server never sees it. */
const ENDPOINT_OPTION = /^(?:endpoint|project)=[\w.-]+$/;

/** What to do with a parameter that is no part of its own (`sslkeylogfile` is unknown here: it writes). */
export function judgeParameter(key: string, value: string): ParameterVerdict {
  if (isSecretName(key)) return 'secret';
  if (DROPPED.has(key)) return 'dropped';
  if (KEPT.has(key)) return 'kept';
  if (!REFUSED.has(key)) return 'unknown';
  // libpq ignores an empty value.
  if (value === '') return 'dropped';
  if (key === 'options' && ENDPOINT_OPTION.test(value)) return 'kept';
  // PostgreSQL's own name for itself, which is libpq's default.
  if (key === 'krbsrvname' && value.toLowerCase() === 'postgres') return 'kept';
  if (key === 'gssdelegation' && value === '0') return 'kept';
  return { refused: key as RefusedUrlParameter };
}
