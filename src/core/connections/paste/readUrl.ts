import { readPasted } from './readPasted';
import { targetOf } from './profileOf';
import { referencedIn, type Referenced, type Variables } from '../url/reference';
import { parseUrl, type UrlResult } from '../url/parseUrl';

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
export function readUrl(url: string, variables: Variables): UrlResult | Referenced {
  const variable = referencedIn(url);
  return variable === undefined ? parseUrl(url) : resolveReference(variable, variables);
}
