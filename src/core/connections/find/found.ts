import type { PastedConnection } from '../paste/pasted';
import type { PasteResult } from '../paste/pasted';

/** A connection that was found in another program's file. */
export interface FoundConnection {
  connection: PastedConnection;
  /** Its name in that file; undefined = name it by database and host. */
  name?: string;
  /** Key, section or service in that file: `DATABASE_URL`, `production`. */
  at: string;
}

/** A name and its value, as a file has them. */
export type Assignment = readonly [name: string, value: string];

/** The connection, if it can be used as it is; null if pasting it would be refused. */
export function usable(result: PasteResult): PastedConnection | null {
  return 'profile' in result && result.refused.length === 0 ? result : null;
}

/** A list of the usable connection and where it was found; empty if it cannot be used. */
export function found(result: PasteResult, at: string, name?: string): FoundConnection[] {
  const connection = usable(result);
  if (connection === null) return [];
  return [{ connection, at, ...(name === undefined || name === '' ? {} : { name }) }];
}

/** Is the value an object with keys (not null and not an array)? */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string or number of a configuration file as a string; '' for any other type. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The parts of a connection by name; parts without a value are left out. */
export function parts(fields: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]): [string, string][] => {
    const text = textOf(value);
    return text === '' ? [] : [[name, text]];
  });
}
