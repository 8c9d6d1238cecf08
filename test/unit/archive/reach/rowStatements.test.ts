import assert from 'node:assert/strict';
import { RowStatements } from '../../../../src/core/archive/inspect/rowStatements';
import type { Toc } from '../../../../src/core/archive/toc/toc';

/** As of an entry without a COPY statement. */
const toc = { copyStatement: () => null, desc: () => 'TABLE DATA' } as unknown as Toc;

function found(rows: string, size: number): string[] {
  const statements = new RowStatements();
  const take = statements.of(toc, 0);
  assert.ok(take);
  const bytes = Buffer.from(rows);
  for (let at = 0; at < bytes.length; at += size) take(bytes.subarray(at, at + size));
  take(null);
  return statements.found.map(({ kind, statement }) => `${kind} ${statement}`);
}

describe('rows of an archive that are statements', () => {
  const cases: [rows: string, ...found: string[]][] = [
    ["INSERT INTO public.t VALUES (1, 'f(1)', NULL, -3.5, true, '\\x00', B'101');"],
    ['INSERT INTO public.t (a, "b c") VALUES (1, 2), (3, 4);'],
    ['INSERT INTO t (a) OVERRIDING SYSTEM VALUE VALUES (DEFAULT) ON CONFLICT DO NOTHING;'],
    ['INSERT INTO "s"."t" (a)\nVALUES\n\t(1),\n\t(2);'],
    ['INSERT INTO t VALUES (public.f(1));', 'unjudged INSERT: f()'],
    ['INSERT INTO t (a) VALUES (1), ("F" (2));', 'unjudged INSERT: F()'],
    ['INSERT INTO t SELECT f(1);', 'unjudged INSERT: f()'],
    ['UPDATE t SET a = f(a);', 'unjudged UPDATE: f()'],
    ["INSERT INTO t VALUES (pg_read_file('/x'));", 'files pg_read_file()'],
    ['CREATE ROLE x;', 'roles CREATE ROLE'],
  ];
  for (const [rows, ...expected] of cases) {
    it(`reach ${expected.join() || 'nothing'}: ${rows}`, () => {
      for (const size of [1, 7, 1000]) assert.deepEqual(found(rows, size), expected);
    });
  }
});
