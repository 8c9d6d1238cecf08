import { parseUrl, type ParsedUrl } from './url/parseUrl';
import { readPasted } from './paste/readPasted';
import { targetOf } from './paste/profileOf';

/** Variables of the process, e.g. `process.env`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What a variable that stands for a whole connection says. */
export type Referenced =
  | { target: ParsedUrl; password: string | undefined }
  | { problem: 'variableMissing' | 'variableUnusable'; variable: string };

const REFERENCE = /^\$\{env:([A-Za-z_]\w*)\}$/;

/**
 * The variable that a `url` stands for. It is the whole of it: part of a URL, put together by the
 * settings of a workspace, could send the variable's secret to any host.
 */
export function referencedIn(url: string | undefined): string | undefined {
  return url === undefined ? undefined : REFERENCE.exec(url)?.[1];
}

/** Its value may be written for any driver, like what is pasted. Its password stays with it. */
export function resolveReference(variable: string, variables: Variables): Referenced {
  const value = variables[variable];
  if (value === undefined || value.trim() === '') return { problem: 'variableMissing', variable };
  // A lone word may be any secret, and would be looked up as the name of a host.
  if (!/:\/\/|\w\s*=/.test(value)) return { problem: 'variableUnusable', variable };
  // Another reference would make a chain of them.
  const read = readPasted(value);
  if (!('profile' in read) || read.refused.length > 0 || referencedIn(read.profile.url)) {
    return { problem: 'variableUnusable', variable };
  }
  return { target: targetOf(read.profile), password: read.password };
}

/** The target of a URL of the settings, by whichever way it states it. */
export function readUrl(
  url: string,
  variables: Variables,
): ReturnType<typeof parseUrl> | Referenced {
  const variable = referencedIn(url);
  return variable === undefined ? parseUrl(url) : resolveReference(variable, variables);
}
