import { AppError } from '../errors';
import type { ParsedUrl } from './url/parseUrl';
import { redirectOf } from './url/redirects';
import { referencedIn, urlReader, type Variables } from './url/reference';
import type { ConnectionProfile } from '../model/profile';

/**
 * Combines a profile's fields with its URL: fields fill in what the URL leaves out.
 *
 * @param variables of the process, for a URL that refers to one
 * @throws AppError `connectionInvalid`: the profile's URL cannot be used, or a workspace's entry
 *   would send a secret of the user elsewhere
 */
export function effectiveTarget(profile: ConnectionProfile, variables: Variables): ParsedUrl {
  let url: ParsedUrl = { parameters: {} };
  if (profile.url !== undefined) {
    const result = urlReader().readUrl(profile.url, variables);
    if ('problem' in result) {
      throw new AppError('connectionInvalid', { id: profile.id, problem: result.problem });
    }
    url = 'url' in result ? result.url : result.target;
  }
  const target = mergedTarget(profile, url);
  const redirect = redirectOf(target, profile.source);
  if (redirect !== null) {
    throw new AppError('connectionInvalid', { id: profile.id, problem: redirect.problem });
  }
  return target;
}

/** The password in the variable that a profile's URL refers to. It only goes where that URL leads. */
export function referencedPassword(
  profile: ConnectionProfile,
  variables: Variables,
): string | undefined {
  const variable = referencedIn(profile.url);
  if (variable === undefined) return undefined;
  const result = urlReader().resolveReference(variable, variables);
  return 'target' in result ? result.password : undefined;
}

/** Combines a profile's fields with a URL that is parsed already. */
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
