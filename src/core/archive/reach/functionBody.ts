import type { ReachKind } from '../../model/archive';
import { functionReach, SHARED_CATALOGS, SHARED_OBJECTS } from './reachNames';

// All patterns take linear time: function bodies can come from anybody.
const CALLS = /(?<![a-z0-9_])([a-z_][a-z0-9_]{0,63})"?\s{0,99}\(/g;
const COPIES = /\bcopy\b[^;]{0,2000}?\b(from|to)\s{1,99}(?:(program)\b|e?'|\$)/g;
/** Where a statement can begin in a body, strings for EXECUTE included. */
const BEGINNING = String.raw`(?:^|[;'$]|\b(?:begin|then|else|loop|as|atomic)\b)\s{0,99}`;
const STATEMENTS = new RegExp(
  String.raw`${BEGINNING}(create|alter|drop)\s{1,99}(database|role|user(?!\s{1,99}mapping)|group|tablespace|subscription|system)\b`,
  'g',
);
const OTHERS: readonly [pattern: RegExp, kind: ReachKind, what: string][] = [
  [new RegExp(String.raw`${BEGINNING}load\s{1,99}'`, 'g'), 'programs', 'LOAD'],
  [
    new RegExp(String.raw`${BEGINNING}(?:drop|reassign)\s{1,99}owned\b`, 'g'),
    'roles',
    'DROP OWNED',
  ],
  [
    new RegExp(String.raw`${BEGINNING}import\s{1,99}foreign\b`, 'g'),
    'otherServers',
    'IMPORT FOREIGN SCHEMA',
  ],
  // GRANT of a privilege has ON; GRANT of a role has not.
  [
    new RegExp(
      String.raw`${BEGINNING}(?:grant|revoke)\s{1,99}(?:(?!\bon\b)[^;]){1,300}?\b(?:to|from)\b`,
      'g',
    ),
    'roles',
    'GRANT',
  ],
  [
    /\b(?:grant|revoke)\b[^;]{1,300}?\bon\s{1,99}(?:database|tablespace)\b/g,
    'databases',
    'GRANT ON DATABASE',
  ],
  [/\b(?:grant|revoke)\b[^;]{1,300}?\bon\s{1,99}parameter\b/g, 'server', 'GRANT ON PARAMETER'],
];
const CHANGES = new RegExp(
  String.raw`\b(update|into|delete\s{1,99}from|truncate|copy)\s{1,99}(?:(?:only|table)\s{1,99})?(?:"?pg_catalog"?\s{0,9}\.\s{0,9})?"?(${[...SHARED_CATALOGS].join('|')})\b`,
  'g',
);

/**
 * Finds words in a function body that have effects beyond the database. Such a function may run
 * while a backup is restored (in triggers, checks, indexes). A body can also build statements
 * dynamically, so that an empty result proves nothing.
 */
export function reachOfBody(body: string): { kind: ReachKind; what: string }[] {
  const text = withoutComments(body).toLowerCase();
  const found: { kind: ReachKind; what: string }[] = [];
  for (const [, name = ''] of text.matchAll(CALLS)) {
    const kind = functionReach(name);
    if (kind !== null) found.push({ kind, what: `${name}()` });
  }
  for (const [setting] of text.matchAll(/\b(?:client_encoding|standard_conforming_strings)\b/g)) {
    found.push({ kind: 'unjudged', what: `SET ${setting}` });
  }
  for (const [, direction = '', program] of text.matchAll(COPIES)) {
    const kind = program === undefined ? 'files' : 'programs';
    const what = program === undefined ? 'FILE' : 'PROGRAM';
    found.push({ kind, what: `COPY … ${direction.toUpperCase()} ${what}` });
  }
  for (const [, verb = '', object = ''] of text.matchAll(STATEMENTS)) {
    const kind = object === 'system' ? 'server' : SHARED_OBJECTS[object];
    if (kind !== undefined) found.push({ kind, what: `${verb} ${object}`.toUpperCase() });
  }
  for (const [pattern, kind, what] of OTHERS) {
    if (text.search(pattern) >= 0) found.push({ kind, what });
  }
  for (const [, verb = '', catalog = ''] of text.matchAll(CHANGES)) {
    found.push({ kind: 'server', what: `${/^\w+/.exec(verb)?.[0].toUpperCase()} ${catalog}` });
  }
  return found;
}

/** The body with each comment replaced by a blank; strings stay. */
export function withoutComments(body: string): string {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const line = body.indexOf('--', at);
    const block = body.indexOf('/*', at);
    const isBlock = block >= 0 && (line < 0 || block < line);
    const start = isBlock ? block : line;
    if (start < 0) break;
    parts.push(body.slice(at, start), ' ');
    const end = isBlock ? body.indexOf('*/', start + 2) : body.indexOf('\n', start);
    if (end < 0) return parts.join('');
    at = isBlock ? end + 2 : end;
  }
  parts.push(body.slice(at));
  return parts.join('');
}
