import type { ParsedUrl } from '../url/parseUrl';
import type { HostNote } from './pasted';

/*
 * Hosters that are recognised by their addresses, because a backup needs something special there:
 * encryption, or an address without a pooler. A pooler in transaction mode can run each transaction in
 * another session, so pg_dump's settings are lost.
 * Sources: the hosters' own documentation of connection strings.
 */

interface Hoster {
  name: string;
  is: RegExp;
  /** The address that bypasses the transaction pooler; undefined = this is not a pooler's address. */
  direct?: (
    host: string,
    port: string,
  ) => (Address & { instead: 'session' | 'direct' }) | undefined;
  /** Hosts that have an IPv6 address only. */
  ipv6Only?: RegExp;
}

interface Address {
  host: string;
  port: string | undefined;
}

const HOSTERS: readonly Hoster[] = [
  {
    name: 'Supabase',
    is: /\.(?:pooler\.supabase\.com|supabase\.(?:co|com))$/,
    // Port 6543 is the pooler in transaction mode, 5432 the one in session mode.
    direct: (host, port) =>
      port === '6543'
        ? { host, port: '5432', instead: host.includes('.pooler.') ? 'session' : 'direct' }
        : undefined,
    ipv6Only: /^db\.[a-z0-9]+\.supabase\.co$/,
  },
  {
    name: 'Neon',
    is: /\.neon\.(?:tech|build)$|\.postgres\.vercel-storage\.com$/,
    direct: (host, port) => {
      const own = host.replace(/^([^.]+)-pooler\./, '$1.');
      return own === host ? undefined : { host: own, port, instead: 'direct' };
    },
  },
  {
    name: 'Azure',
    is: /\.postgres(?:hsc)?\.(?:cosmos|database)\.(?:azure\.com|chinacloudapi\.cn|usgovcloudapi\.net)$/,
    direct: (host, port) =>
      port === '6432' ? { host, port: '5432', instead: 'direct' } : undefined,
  },
  {
    name: 'DigitalOcean',
    is: /\.db\.ondigitalocean\.com$/,
    direct: (host, port) =>
      port === '25061' ? { host, port: '25060', instead: 'direct' } : undefined,
  },
  {
    name: 'Amazon RDS',
    is: /\.rds\.amazonaws\.com(?:\.cn)?$/,
  },
  // Hosts of Heroku before it moved to RDS; they require encryption.
  {
    name: 'Heroku',
    is: /^ec2-[\d-]+\.[\w-]+\.amazonaws\.com$|^ec2-[\d-]+\.compute-1\.amazonaws\.com$/,
  },
  { name: 'Google Cloud SQL', is: /^\/cloudsql\/|\.sql\.goog$/ },
  { name: 'Aiven', is: /\.aivencloud\.com$/ },
  { name: 'Render', is: /-postgres\.render\.com$/ },
  { name: 'Timescale', is: /\.tsdb\.(?:cloud\.timescale\.com|forge\.timescale\.com)$/ },
  { name: 'Crunchy Bridge', is: /\.postgresbridge\.com$/ },
];

/**
 * Adapts `target` to what is known about its hoster: an address that works for backups, and encryption
 * where the hoster requires it.
 *
 * @param pooled the text itself says that the address is a pooler's
 */
export function adaptToHoster(target: ParsedUrl, pooled: boolean): HostNote[] {
  const { host = '', port } = target;
  const known = HOSTERS.find(({ is }) => is.test(host.toLowerCase()));
  if (known === undefined) return pooled ? [{ note: 'poolerUnknown' }] : [];
  const notes: HostNote[] = [];
  const local = host.startsWith('/');
  const open = target.sslMode === undefined || ['allow', 'prefer'].includes(target.sslMode);
  const tls = open && !local;
  if (tls) target.sslMode = 'require';
  notes.push({ note: 'hoster', name: known.name, tls });
  const direct = known.direct?.(host.toLowerCase(), port ?? '');
  if (direct !== undefined) {
    target.host = direct.host;
    if (direct.port !== '') target.port = direct.port;
    notes.push({
      note: 'pooler',
      name: known.name,
      from: shown({ host, port }),
      to: shown(direct),
      instead: direct.instead,
    });
  }
  if (known.ipv6Only?.test(target.host ?? '') === true) {
    notes.push({ note: 'ipv6Only', name: known.name });
  }
  return notes;
}

function shown({ host, port }: Address): string {
  return port === undefined || port === '' ? host : `${host}:${port}`;
}
