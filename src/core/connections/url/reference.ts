import type { ParsedUrl, UrlResult } from './parseUrl';

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

/** Reads what a profile's `url` says. */
export interface UrlReader {
  readUrl: (url: string, variables: Variables) => UrlResult | Referenced;
  resolveReference: (variable: string, variables: Variables) => Referenced;
}

let reader: UrlReader | null = null;

/**
 * Tells who reads URLs, which is much code: `paste/readUrl`. The window tells it as soon as it decodes
 * settings, a job once it has loaded it for a connection that has a URL.
 */
export function readUrlsBy(loaded: UrlReader): void {
  reader = loaded;
}

/** @throws Error when it was not loaded, which is a fault in this code */
export function urlReader(): UrlReader {
  if (reader === null) throw new Error('what reads URLs is not loaded');
  return reader;
}
