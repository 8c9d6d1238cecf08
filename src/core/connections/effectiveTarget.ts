import { AppError } from '../errors';
import { parseUrl, type ParsedUrl } from './parseUrl';
import { redirectOf } from './redirects';
import type { ConnectionProfile } from '../model/profile';

/**
 * A profile's fields and its URL as one: a field states what the URL leaves out.
 *
 * @throws AppError connectionInvalid: the profile's URL cannot be used, or a workspace's entry
 *   would send a secret of the user elsewhere
 */
export function effectiveTarget(profile: ConnectionProfile): ParsedUrl {
  let url: ParsedUrl = { parameters: {} };
  if (profile.url !== undefined) {
    const result = parseUrl(profile.url);
    if (!('url' in result)) {
      throw new AppError('connectionInvalid', { id: profile.id, problem: result.problem });
    }
    url = result.url;
  }
  const target = mergedTarget(profile, url);
  const redirect = redirectOf(target, profile.source);
  if (redirect !== null) {
    throw new AppError('connectionInvalid', { id: profile.id, problem: redirect.problem });
  }
  return target;
}

/** Merges the target with an already parsed URL. */
export function mergedTarget(profile: ConnectionProfile, url: ParsedUrl): ParsedUrl {
  return {
    host: url.host ?? profile.host,
    port: url.port ?? (profile.port === undefined ? undefined : String(profile.port)),
    user: url.user ?? profile.user,
    database: url.database ?? profile.database,
    service: url.service ?? profile.service,
    sslMode: url.sslMode ?? profile.sslMode,
    sslRootCert: url.sslRootCert ?? profile.sslRootCert,
    sslCert: url.sslCert ?? profile.sslCert,
    sslKey: url.sslKey ?? profile.sslKey,
    parameters: url.parameters,
  };
}
