import type { ParsedUrl } from './parseUrl';

/** A URI that `parseUrl`, and therefore libpq, reads as this target. Never contains a password. */
export function urlText(target: ParsedUrl): string {
  const { host, port, user, database } = target;
  const hosts = host?.split(',') ?? [''];
  const ports = port?.split(',') ?? [];
  const authority = hosts.map((name, i) => {
    // A single port applies to all hosts.
    const own = (ports.length === 1 ? ports[0] : ports[i]) ?? '';
    const shown = name.includes(':')
      ? `[${name.replaceAll('%', '%25')}]`
      : encodeURIComponent(name);
    return own === '' ? shown : `${shown}:${own}`;
  });
  const stated: [string, string | undefined][] = [
    ['service', target.service],
    ['sslmode', target.sslMode],
    ['sslrootcert', target.sslRootCert],
    ['sslcert', target.sslCert],
    ['sslkey', target.sslKey],
    ...Object.entries(target.parameters),
  ];
  const query = stated.flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`],
  );
  return [
    'postgresql://',
    user === undefined ? '' : `${encodeURIComponent(user)}@`,
    authority.join(','),
    `/${database === undefined ? '' : encodeURIComponent(database)}`,
    query.length === 0 ? '' : `?${query.join('&')}`,
  ].join('');
}
