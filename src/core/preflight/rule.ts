import type {
  Finding,
  FindingCode,
  Remedy,
  RowsAtStake,
  Severity,
} from '../model/findings/findings';
import type { Situation } from './situation';

/** Asks for the name of another database. */
export const NEW_DATABASE: Remedy = { id: 'newDatabase', kind: 'newDatabase' };

/** What a rule has found. */
export interface Found {
  severity: Severity;
  objects?: readonly string[];
  /** How many rows each of them has. */
  rows?: RowsAtStake[];
  /** Number of all objects, where more are affected than are named. */
  count?: number;
  details?: Finding['details'];
  remedies?: Remedy[];
}

/** One row of the table of rules: what it is called, and when it is found. */
export interface Rule {
  code: FindingCode;
  test: (situation: Situation) => Found | null;
}

/** A rule's finding as it is told. */
export function findingOf(code: FindingCode, found: Found): Finding {
  const { severity, objects = [], count = objects.length, details = {}, remedies = [] } = found;
  const rows = found.rows && { rows: found.rows };
  return { code, severity, objects: [...objects], ...rows, count, details, remedies };
}

/** A finding about these objects; null where there are none. */
export function about(objects: readonly string[], found: Omit<Found, 'objects'>): Found | null {
  return objects.length === 0 ? null : { ...found, objects };
}

/** `a` that are not among `b`. */
export function without(a: readonly { name: string }[], b: Iterable<string>): string[] {
  const there = new Set(b);
  return [...new Set(a.map(({ name }) => name))].filter((name) => !there.has(name));
}
