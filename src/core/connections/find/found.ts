import type { PastedConnection } from '../paste/pasted';
import type { PasteResult } from '../paste/pasted';

/** A connection that some other program's file states. */
export interface FoundConnection {
  connection: PastedConnection;
  /** What it is called there; undefined = by its database and host. */
  name?: string;
  /** Key, section or service in its file: `DATABASE_URL`, `production`. */
  at: string;
}

/** Name and value, as a file states them. */
export type Assignment = readonly [name: string, value: string];

/** One that can be used as it is; whatever would be refused when pasted is not offered. */
export function usable(result: PasteResult): PastedConnection | null {
  return 'profile' in result && result.refused.length === 0 ? result : null;
}

/** A list of the usable connection and where it was found; empty if it cannot be used. */
export function found(result: PasteResult, at: string, name?: string): FoundConnection[] {
  const connection = usable(result);
  if (connection === null) return [];
  return [{ connection, at, ...(name === undefined || name === '' ? {} : { name }) }];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text or a number of a configuration as a text; '' for anything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Parts of a connection by name; those that are left out are not stated. */
export function parts(fields: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]): [string, string][] => {
    const text = textOf(value);
    return text === '' ? [] : [[name, text]];
  });
}
