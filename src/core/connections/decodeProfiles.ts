import path from 'node:path';
import { mergedTarget } from './effectiveTarget';
import { maskSecrets } from '../secrets/mask';
import { isSecretName } from '../secrets/secretWords';
import { isSslMode, parseUrl, type ParsedUrl } from './url/parseUrl';
import { resolveReference } from './paste/readUrl';
import { referencedIn, type Variables } from './url/reference';
import { readSshRoute } from './ssh/readRoute';
import { besideTools, readToolsElsewhere } from './toolsElsewhere';
import { redirectOf, type Redirect } from './url/redirects';
import {
  TARGET_FIELDS,
  type ConnectionProfile,
  type Environment,
  type ProfileSource,
} from '../model/profile';
import type { RefusedUrlParameter } from './url/urlParameters';

/** A problem of an entry of `pgBackup.connections`, or of one of its fields. */
export type ProfileProblem =
  /** The setting itself is not an array. */
  | 'notAnArray'
  | 'notAnObject'
  | 'missingId'
  | 'duplicateId'
  /** The value must be a string without NUL. */
  | 'badText'
  | 'badPort'
  | 'badSslMode'
  | 'badEnvironment'
  | 'badReadOnly'
  | 'badCommand'
  /** `passwordCommand` in a workspace's entry: only the user may choose programs to run. */
  | 'commandInWorkspace'
  | 'badSsh'
  /** `ssh` in a workspace's entry: everything would go through an SSH server of its choice. */
  | 'sshInWorkspace'
  /** `ssh` beside a service: only libpq knows the service's server, so no tunnel can lead there. */
  | 'sshBesideService'
  | 'badTools'
  /** `tools` in a workspace's entry: the container gets the passwords, and docker runs its image. */
  | 'toolsInWorkspace'
  /** A field that needs a tunnel or a file of this machine, which tools elsewhere cannot use. */
  | 'besideTools'
  | 'badUrl'
  | 'unknownUrlParameter'
  /** The URL has a parameter that settings must not contain; `parameter` says which. */
  | 'refusedUrlParameter'
  | 'passwordInUrl'
  | 'atSignInUrl'
  /** `url` refers to a variable that is not set, or (next) whose value is not a connection. */
  | 'variableMissing'
  | 'variableUnusable'
  /** A field beside a `url` that refers to a variable: it could send the URL's password elsewhere. */
  | 'besideReference'
  /** A field is named `password`, or (next) `host` contains a URI. */
  | 'passwordInSettings'
  | 'urlInHost'
  /** The field and the URL have different values. */
  | 'urlContradictsField'
  /** `field` in a workspace's entry would send a secret of the user elsewhere. */
  | Redirect['problem']
  /** The path of a certificate must be absolute, or begin with `~/`. */
  | 'relativePath'
  /** A warning only: the entry works without the key. */
  | 'unknownKey';

/** One problem. It never holds a value from the settings, because the value could be a secret. */
export interface ProfileProblemReport {
  /** Position of the entry in the setting; -1 = the setting as a whole. */
  index: number;
  id?: string;
  field?: string;
  problem: ProfileProblem;
  parameter?: RefusedUrlParameter;
  /** An entry with warnings only can be used. */
  severity: 'error' | 'warning';
}

export interface DecodedProfiles {
  profiles: ConnectionProfile[];
  problems: ProfileProblemReport[];
}

const TEXT_FIELDS = ['name', 'host', 'database', 'user', 'service', 'url'] as const;
const PATH_FIELDS = ['sslRootCert', 'sslCert', 'sslKey'] as const;
const ENVIRONMENTS: readonly unknown[] = ['development', 'staging', 'production'];
const KNOWN_KEYS: ReadonlySet<string> = new Set([
  'id',
  'port',
  'sslMode',
  'environment',
  'readOnly',
  'passwordCommand',
  'ssh',
  'tools',
  ...TEXT_FIELDS,
  ...PATH_FIELDS,
]);
type Report = (
  problem: ProfileProblem,
  field?: string,
  more?: { severity?: 'warning'; parameter?: RefusedUrlParameter },
) => void;

/**
 * Decodes the setting. An entry that cannot be used is reported and left out; the others are not
 * affected. An empty string counts as left out.
 *
 * @param source whose settings these are
 * @param variables of the process, for URLs that refer to one
 */
export function decodeProfiles(
  value: unknown,
  source: ProfileSource = 'workspace',
  variables: Variables = {},
): DecodedProfiles {
  const decoded: DecodedProfiles = { profiles: [], problems: [] };
  if (value === undefined || value === null) return decoded;
  if (!Array.isArray(value)) {
    decoded.problems.push({ index: -1, problem: 'notAnArray', severity: 'error' });
    return decoded;
  }
  const ids = new Set<string>();
  for (const [index, entry] of (value as unknown[]).entries()) {
    let refused = false;
    const given = isRecord(entry) ? entry['id'] : undefined;
    const id = typeof given === 'string' && isId(given) ? given : '';
    const report: Report = (problem, field, more) => {
      if (more?.severity === undefined) refused = true;
      decoded.problems.push({
        index,
        ...(id === '' ? {} : { id }),
        ...(field === undefined ? {} : { field }),
        problem,
        severity: 'error',
        ...more,
      });
    };
    if (!isRecord(entry)) {
      report('notAnObject');
      continue;
    }
    if (id === '') {
      report('missingId', 'id');
      continue;
    }
    if (ids.has(id)) {
      report('duplicateId', 'id');
      continue;
    }
    ids.add(id);
    const start = source === 'user' ? { id, source } : { id };
    const profile = decodeFields({ start, variables }, entry, report);
    if (!refused) decoded.profiles.push(profile);
  }
  return decoded;
}

/** An id must not hold a secret, because every message about the entry shows it. */
function isId(text: string): boolean {
  return text.trim() !== '' && !text.includes('\0') && maskSecrets(text) === text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decodeFields(
  { start, variables }: { start: Pick<ConnectionProfile, 'id' | 'source'>; variables: Variables },
  fields: Record<string, unknown>,
  report: Report,
): ConnectionProfile {
  const profile: ConnectionProfile = { ...start };
  for (const key of Object.keys(fields)) {
    if (KNOWN_KEYS.has(key)) continue;
    // A key can be anything, even a secret in the wrong place, so only short keys are shown.
    if (isSecretName(key)) report('passwordInSettings', shownKey(key));
    else report('unknownKey', shownKey(key), { severity: 'warning' });
  }
  for (const field of [...TEXT_FIELDS, ...PATH_FIELDS]) {
    const value = decodeText(fields[field]);
    if (value === null) report('badText', field);
    // These fields are shown with the connection; secrets in `url` and `host` are checked for below.
    else if (
      field !== 'url' &&
      field !== 'host' &&
      value !== undefined &&
      maskSecrets(value) !== value
    ) {
      report('passwordInSettings', field);
    } else if (value !== undefined) profile[field] = value;
  }
  decodeChoices(fields, profile, report);
  decodeCommand(fields['passwordCommand'], profile, report);
  decodeSsh(fields['ssh'], profile, report);
  decodeTools(fields['tools'], profile, report);
  if (profile.host !== undefined && isUrlLike(profile.host)) report('urlInHost', 'host');
  else if (profile.host !== undefined && maskSecrets(profile.host) !== profile.host) {
    report('passwordInSettings', 'host');
  }
  for (const field of PATH_FIELDS) {
    const value = profile[field];
    if (value !== undefined && !isFixedPath(field, value)) report('relativePath', field);
  }
  const url =
    profile.url === undefined ? null : checkUrl(profile.url, profile, { report, variables });
  const target = mergedTarget(profile, url ?? { parameters: {} });
  if (profile.ssh !== undefined && target.service !== undefined) report('sshBesideService', 'ssh');
  const beside = profile.tools === undefined ? null : besideTools(profile, target);
  if (beside !== null) report('besideTools', beside);
  const redirect = redirectOf(target, profile.source);
  if (redirect !== null) report(redirect.problem, redirect.field);
  return profile;
}

function shownKey(key: string): string | undefined {
  return /^\w{1,30}$/.test(key) ? key : undefined;
}

/** True for a URI, and for a URI without its host. Names of abstract sockets begin with `@`. */
function isUrlLike(host: string): boolean {
  return host.includes('://') || host.split(',').some((one) => one.lastIndexOf('@') > 0);
}

/** undefined = left out; null = not a string, or not one that a tool can be given. */
function decodeText(value: unknown): string | undefined | null {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' && !value.includes('\0') ? value : null;
}

function decodeChoices(
  fields: Record<string, unknown>,
  profile: ConnectionProfile,
  report: Report,
): void {
  const isLeftOut = (value: unknown): boolean => decodeText(value) === undefined;
  const port = fields['port'];
  if (typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65535) {
    profile.port = port;
  } else if (!isLeftOut(port)) report('badPort', 'port');

  const sslMode = fields['sslMode'];
  if (isSslMode(sslMode)) profile.sslMode = sslMode;
  else if (!isLeftOut(sslMode)) report('badSslMode', 'sslMode');

  // These two fields guard against restores into the wrong database, so a wrong value is an error.
  const environment = fields['environment'];
  if (ENVIRONMENTS.includes(environment)) profile.environment = environment as Environment;
  else if (!isLeftOut(environment)) report('badEnvironment', 'environment');

  const readOnly = fields['readOnly'];
  if (typeof readOnly === 'boolean') profile.readOnly = readOnly;
  else if (readOnly !== undefined && readOnly !== null) report('badReadOnly', 'readOnly');
}

/** Program and arguments are separate strings: there is no shell that would split them. */
function decodeCommand(value: unknown, profile: ConnectionProfile, report: Report): void {
  if (value === undefined || value === null) return;
  const words: unknown[] = Array.isArray(value) ? (value as unknown[]) : [];
  const texts = words.filter((word) => typeof word === 'string' && !word.includes('\0'));
  if (words.length === 0 || texts.length < words.length || words[0] === '') {
    report('badCommand', 'passwordCommand');
  } else if (profile.source !== 'user') report('commandInWorkspace', 'passwordCommand');
  else profile.passwordCommand = texts as string[];
}

function decodeSsh(value: unknown, profile: ConnectionProfile, report: Report): void {
  if (value === undefined || value === null || value === '') return;
  const route = readSshRoute(value);
  if (route === null) report('badSsh', 'ssh');
  else if (profile.source !== 'user') report('sshInWorkspace', 'ssh');
  else profile.ssh = route;
}

function decodeTools(value: unknown, profile: ConnectionProfile, report: Report): void {
  if (value === undefined || value === null) return;
  const tools = readToolsElsewhere(value);
  if (tools === null) report('badTools', 'tools');
  else if (profile.source !== 'user') report('toolsInWorkspace', 'tools');
  else profile.tools = tools;
}

/** Tools run in a directory of our choice, so a relative path would not lead to the user's file. */
function isFixedPath(field: (typeof PATH_FIELDS)[number], value: string): boolean {
  // libpq 16 and later: `system` stands for the operating system's own certificates.
  if (field === 'sslRootCert' && value === 'system') return true;
  // libpq takes `engine:id` for a key in an OpenSSL engine and loads that library, from any path.
  if (field === 'sslKey' && value.replace(/^[A-Za-z]:(?=[/\\])/, '').includes(':')) return false;
  return /^~[/\\]/.test(value) || path.posix.isAbsolute(value) || path.win32.isAbsolute(value);
}

/** Reports fields beside a URL that refers to a variable: they could send its password elsewhere. */
function checkReference(
  variable: string,
  profile: ConnectionProfile,
  { report, variables }: { report: Report; variables: Variables },
): ParsedUrl | null {
  const beside = TARGET_FIELDS.find((field) => profile[field] !== undefined);
  if (beside !== undefined) report('besideReference', beside);
  const result = resolveReference(variable, variables);
  if ('target' in result) return result.target;
  report(result.problem, variable);
  return null;
}

/** Fields may fill in what the URL leaves out; a value that both have must be the same. */
function checkUrl(
  text: string,
  profile: ConnectionProfile,
  { report, variables }: { report: Report; variables: Variables },
): ParsedUrl | null {
  const variable = referencedIn(text);
  if (variable !== undefined) return checkReference(variable, profile, { report, variables });
  const result = parseUrl(text);
  if (!('url' in result)) {
    if (result.problem !== 'refusedUrlParameter') report(result.problem, 'url');
    else report(result.problem, 'url', { parameter: result.parameter });
    return null;
  }
  const { url } = result;
  if (url.sslKey !== undefined && !isFixedPath('sslKey', url.sslKey)) report('relativePath', 'url');
  const differs = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && a !== b;
  for (const field of TARGET_FIELDS) {
    const stated = profile[field];
    // In the URL, the port is a string.
    if (differs(url[field], stated === undefined ? undefined : String(stated))) {
      report('urlContradictsField', field);
    }
  }
  return url;
}
