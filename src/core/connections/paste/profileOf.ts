import { parseUrl, type ParsedUrl } from '../url/parseUrl';
import { urlText } from '../url/urlText';
import type { PastedProfile } from './pasted';

/** Fields where they suffice, as they are easier to edit; else a URL (several hosts, parameters). */
export function profileOf(target: ParsedUrl): PastedProfile {
  const { host, port, database, user, service, sslMode, sslRootCert, sslCert, sslKey } = target;
  const plain =
    Object.keys(target.parameters).length === 0 &&
    !(host ?? '').includes(',') &&
    !(port ?? '').includes(',');
  if (!plain) return { url: urlText(target) };
  return {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(database === undefined ? {} : { database }),
    ...(user === undefined ? {} : { user }),
    ...(service === undefined ? {} : { service }),
    ...(sslMode === undefined ? {} : { sslMode }),
    ...(sslRootCert === undefined ? {} : { sslRootCert }),
    ...(sslCert === undefined ? {} : { sslCert }),
    ...(sslKey === undefined ? {} : { sslKey }),
  };
}

/** The reverse of `profileOf`. */
export function targetOf(profile: PastedProfile): ParsedUrl {
  if (profile.url !== undefined) {
    const result = parseUrl(profile.url);
    if ('url' in result) return result.url;
  }
  const { host, port, database, user, service, sslMode, sslRootCert, sslCert, sslKey } = profile;
  return {
    ...{ host, port: port === undefined ? undefined : String(port), database, user, service },
    ...{ sslMode, sslRootCert, sslCert, sslKey },
    parameters: {},
  };
}

/** A name for a connection: the database, and the server where it is not local. */
export function proposedName({ host, database, service, user }: ParsedUrl): string {
  const local = host === undefined || /^(?:\/|localhost$|127\.|::1$)/.test(host);
  const server = local ? '' : (host.split(',')[0] ?? '').replace(/^([^.]{20})[^.]+/, '$1…');
  const what = database ?? service ?? (server === '' ? (user ?? host) : undefined);
  if (what === undefined) return server === '' ? 'PostgreSQL' : server;
  return server === '' ? what : `${what} (${server})`;
}
