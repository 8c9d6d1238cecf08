import { isSecretName } from '../../secrets/secretWords';

/*
 * The parameters that a connection's URL may have. The URL can come with a workspace, so only listed
 * parameters are allowed. A parameter is refused, with a reason, if it sends a connection, a ticket or
 * a password elsewhere than the URL says, changes what is dumped, or holds a secret.
 */

/** A parameter of libpq that is refused; each has its own message. */
export type RefusedUrlParameter =
  /** Could name any file; the password in it would go to the host in the URL. */
  | 'passfile'
  /** Sets roles, search paths and timeouts without being seen. PGOPTIONS is dropped as well. */
  | 'options'
  /** Changes what a dump contains. */
  | 'client_encoding'
  /** Names the library that gets the user's Kerberos credentials. */
  | 'gsslib'
  /** Requests a Kerberos ticket for another service. */
  | 'krbsrvname'
  /** Hands the user's Kerberos credentials over to the server. */
  | 'gssdelegation'
  /** Asks the user to sign in, at an address that the URL chooses, whenever a tool starts. */
  | 'oauth_issuer'
  | 'oauth_client_id'
  | 'oauth_scope';

export type ParameterVerdict =
  /** Passed on to libpq. */
  | 'kept'
  /** Left out without a message, because it does not matter. */
  | 'dropped'
  /** The parameter's value is a secret. */
  | 'secret'
  /** libpq 12 to 18 has no such parameter, or a backup cannot use it. */
  | 'unknown'
  | { refused: RefusedUrlParameter };

/** This extension sets the application name, by which a job finds its sessions. */
const DROPPED: ReadonlySet<string> = new Set(['application_name', 'fallback_application_name']);

/** Choose among the stated hosts, set timeouts, or say how both sides authenticate. */
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

/** With this option, proxies of hosters find the database if TLS does not name it. */
const ENDPOINT_OPTION = /^(?:endpoint|project)=[\w.-]+$/;

/** What to do with a parameter without a field. `sslkeylogfile` is unknown here: it writes a file. */
export function judgeParameter(key: string, value: string): ParameterVerdict {
  if (isSecretName(key)) return 'secret';
  if (DROPPED.has(key)) return 'dropped';
  if (KEPT.has(key)) return 'kept';
  if (!REFUSED.has(key)) return 'unknown';
  // libpq ignores an empty value.
  if (value === '') return 'dropped';
  if (key === 'options' && ENDPOINT_OPTION.test(value)) return 'kept';
  // The default service name of libpq changes nothing.
  if (key === 'krbsrvname' && value.toLowerCase() === 'postgres') return 'kept';
  if (key === 'gssdelegation' && value === '0') return 'kept';
  return { refused: key as RefusedUrlParameter };
}
