import assert from 'node:assert/strict';
import { editedScript } from '../../../../src/core/archive/script/edit/editScript';
import { withoutParameters } from '../../../../src/core/archive/script/edit/parameters';

async function edited(script: string): Promise<string> {
  async function* pieces(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(script));
  }
  const parts: string[] = [];
  for await (const piece of editedScript(pieces(), [withoutParameters(['pg_attver'])])) {
    if (Buffer.isBuffer(piece)) parts.push(piece.toString());
  }
  return parts.join('');
}

const cases: readonly (readonly [script: string, left: string])[] = [
  ['ALTER TABLE ONLY public.t ALTER COLUMN a SET (pg_attver=27);', ''],
  [
    'CREATE TABLE t (a int);\nALTER TABLE ONLY t ALTER COLUMN a SET (pg_attver=27);\nSELECT 1;',
    'CREATE TABLE t (a int);\n\nSELECT 1;',
  ],
  [
    'ALTER TABLE ONLY t ALTER COLUMN a SET (n_distinct=-0.5, pg_attver=27);',
    'ALTER TABLE ONLY t ALTER COLUMN a SET (n_distinct=-0.5);',
  ],
  [
    'ALTER TABLE ONLY t ALTER COLUMN a SET (pg_attver=27, n_distinct=5);',
    'ALTER TABLE ONLY t ALTER COLUMN a SET (n_distinct=5);',
  ],
  ['ALTER TABLE ONLY t ALTER COLUMN "SET (pg_attver=1)" SET (pg_attver=2);', ''],
  ...[
    'ALTER TABLE ONLY t ALTER COLUMN a SET (n_distinct=5);',
    "SELECT 'ALTER TABLE ONLY t ALTER COLUMN a SET (pg_attver=1);';",
    'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\nALTER TABLE ONLY t ALTER COLUMN a SET (pg_attver=1);\nEND $$;',
    'COPY t (a) FROM stdin;\nALTER TABLE ONLY t ALTER COLUMN a SET (pg_attver=1);\n\\.\n',
  ].map((script) => [script, script] as const),
];

describe('A parameter that servers keep for themselves', () => {
  for (const [script, left] of cases) {
    it(`is left out where it is set, and nothing else: ${script.slice(0, 70)}`, async () => {
      assert.equal((await edited(script)).trim(), left.trim());
    });
  }
});
