import { parseUrl, type ParsedUrl } from './url/parseUrl';
import { readPasted } from './paste/readPasted';
import { targetOf } from './paste/profileOf';

/** Environment variables, e.g. `process.env`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Result of looking up a variable that holds a connection. */
export type Referenced =
  | { target: ParsedUrl; password: string | undefined }
  | { problem: 'variableMissing' | 'variableUnusable'; variable: string };

const REFERENCE = /^\$\{env:([A-Za-z_]\w*)\}$/;

/**
 * The variable that a `url` refers to. The reference must be the whole value: within a longer URL, the
 * settings of a workspace could send the variable's secret to any host.
 */
export function referencedIn(url: string | undefined): string | undefined {
  return url === undefined ? undefined : REFERENCE.exec(url)?.[1];
}

/** Reads the variable's value, in any form that can be pasted. Its password is kept with it. */
export function resolveReference(variable: string, variables: Variables): Referenced {
  const value = variables[variable];
  if (value === undefined || value.trim() === '') return { problem: 'variableMissing', variable };
  // A single word can be any secret, and would be looked up as a host name.
  if (!/:\/\/|\w\s*=/.test(value)) return { problem: 'variableUnusable', variable };
  // References to other variables are not followed.
  const read = readPasted(value);
  if (!('profile' in read) || read.refused.length > 0 || referencedIn(read.profile.url)) {
    return { problem: 'variableUnusable', variable };
  }
  return { target: targetOf(read.profile), password: read.password };
}

/** The target of `url` in settings: of the URL itself, or of the variable that it refers to. */
export function readUrl(
  url: string,
  variables: Variables,
): ReturnType<typeof parseUrl> | Referenced {
  const variable = referencedIn(url);
  return variable === undefined ? parseUrl(url) : resolveReference(variable, variables);
}
