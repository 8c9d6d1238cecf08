/** Advice on a refusal whose message does not give it. */
export type ConnectAdvice =
  /** Supabase's pooler: the user's name lacks the project, or the region is another one. */
  | 'tenantUnknown'
  /** Neon finds the database by the server's name in TLS, which this libpq does not send. */
  | 'endpointMissing'
  /** Suspended by its owner or the hoster. */
  | 'suspended'
  /** The host has an IPv6 address only, and this network has no IPv6. */
  | 'ipv6Only'
  /** A token that stands for a password: they last for minutes. */
  | 'tokenExpired'
  | 'encryptionRequired'
  /** The firewall or pg_hba.conf does not know the address of this machine. */
  | 'addressRefused'
  /** A pooler that shares sessions between clients. */
  | 'transactionPooler'
  /** libpq wants a file with the certificate that signs the server's. */
  | 'rootCertificateMissing';

/**
 * The first that fits counts. Sources: Supavisor and Supabase's troubleshooting pages, Neon's proxy,
 * RDS (IAM logs in by PAM), Azure's and Cloud SQL's servers, PgBouncer, libpq 12 to 18.
 */
const ADVICE: readonly (readonly [pattern: RegExp, advice: ConnectAdvice])[] = [
  [/Tenant or user not found|tenant\/user .{1,200} not found/i, 'tenantUnknown'],
  [/Endpoint ID is not specified|endpoint is not specified/i, 'endpointMissing'],
  [/endpoint (?:has been|is) disabled|project (?:is|has been) (?:paused|suspended)/i, 'suspended'],
  [
    /PAM authentication failed|IAM (?:user |principal |)?(?:authentication|login).{0,40}failed|access token.{0,60}(?:expired|invalid|not valid)|token (?:has|is) expired/i,
    'tokenExpired',
  ],
  [
    /SSL\/TLS required|SSL connection is required|connection is insecure|pg_hba\.conf entry .*(?:no encryption|SSL off)|server does not allow insecure/i,
    'encryptionRequired',
  ],
  [/no pg_hba\.conf entry for host|address not in tenant allow_list/i, 'addressRefused'],
  [
    /unsupported startup parameter|prepared statement "[^"]*" does not exist|pooler_error|transaction pool/i,
    'transactionPooler',
  ],
  [/root certificate file ".*" does not exist/i, 'rootCertificateMissing'],
  [
    /\((?:[0-9a-f]*:){2,}[0-9a-f:.]*\), port \d+ failed: (?:Network is unreachable|No route to host|Cannot assign requested address)/i,
    'ipv6Only',
  ],
];

/**
 * Matches where an IPv4 address of the host was tried as well, so that `ipv6Only` does not apply.
 */
const IPV4_TRIED = /\(\d+\.\d+\.\d+\.\d+\), port \d+ failed/;

/** @param said what libpq or the server said; null = no advice beyond these words */
export function connectAdvice(said: string): ConnectAdvice | null {
  const found = ADVICE.find(([pattern]) => pattern.test(said))?.[1] ?? null;
  return found === 'ipv6Only' && IPV4_TRIED.test(said) ? null : found;
}
