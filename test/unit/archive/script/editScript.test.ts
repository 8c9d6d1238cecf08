import assert from 'node:assert/strict';
import { editedScript } from '../../../../src/core/archive/script/edit/editScript';
import { LineMap } from '../../../../src/core/archive/script/edit/lineMap';
import { inOneDatabase } from '../../../../src/core/archive/script/edit/scriptParts';
import type { StatementRule } from '../../../../src/core/archive/script/edit/scriptStatement';
import { rulesOf } from '../../../../src/core/archive/script/edit/statementRules';
import { seededRandom } from '../../../support/seededRandom';
import { NO_EDITS, type ScriptEdits } from '../../../../src/core/model/scriptEdits';

/** Pieces of a script that are no longer what they were once the piece after the next is asked for. */
async function* cut(script: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(script);
  const given: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    if (given.length > 1) given.shift()?.fill(';');
    const piece = Buffer.from(bytes.subarray(at, at + size));
    given.push(piece);
    yield await Promise.resolve(piece);
  }
}

interface Edited {
  text: string;
  lines: LineMap;
}

async function edit(
  script: string,
  rules: readonly StatementRule[],
  size: number,
): Promise<Edited> {
  const lines = new LineMap();
  const parts: Buffer[] = [];
  for await (const part of inOneDatabase(editedScript(cut(script, size), rules), lines)) {
    parts.push(Buffer.from(part));
  }
  return { text: Buffer.concat(parts).toString(), lines };
}

const heading = '--\n-- PostgreSQL database dump\n--\n\n';
const entry = '--\n-- Name: t; Type: TABLE; Schema: a; Owner: me\n--\n\n';

type Case = readonly [what: string, edits: Partial<ScriptEdits>, script: string, expected: string];

const cases: readonly Case[] = [
  ['messages', {}, `pg_dump: a; b\n${heading}SELECT 1;\npg_dump: c\n`, `\n${heading}SELECT 1;\n\n`],
  [
    'settings that are not known',
    { settings: ['transaction_timeout', 'default_with_oids'] },
    "SET transaction_timeout = 0;\nset SESSION Transaction_Timeout TO '1s';\nSELECT pg_catalog.set_config('transaction_timeout', '0', false);\nRESET transaction_timeout;\nSET default_with_oids = false; SET row_security = off;\n",
    '\n\n\n\n SET row_security = off;\n',
  ],
  [
    'nothing that only looks like one',
    { settings: ['time', 'x', 'search_path'] },
    "SET TIME ZONE 'UTC';\nSET x.y = 1;\nSELECT 'SET x = 1;';\nCREATE FUNCTION f() SET x = 1 AS $$ SET x = 1; $$;\nALTER DATABASE d SET x = 1;\nSELECT set_config('search_path', '', false), set_config('y', '', false);\n",
    "SET TIME ZONE 'UTC';\nSET x.y = 1;\nSELECT 'SET x = 1;';\nCREATE FUNCTION f() SET x = 1 AS $$ SET x = 1; $$;\nALTER DATABASE d SET x = 1;\nSELECT set_config('search_path', '', false), set_config('y', '', false);\n",
  ],
  [
    'the database of a script',
    { database: 'leftOut' },
    "DROP DATABASE shop;\nCREATE DATABASE shop WITH TEMPLATE = template0;\nALTER DATABASE shop OWNER TO me;\n\\connect shop\nCOMMENT ON DATABASE shop IS 'x';\nREVOKE CONNECT,TEMPORARY ON DATABASE shop FROM PUBLIC;\nGRANT ALL ON DATABASE shop TO me;\nSECURITY LABEL FOR dummy ON DATABASE shop IS 'x';\nALTER ROLE me IN DATABASE shop SET x TO 1;\nALTER ROLE me SET x TO 1;\nCOMMENT ON TABLE database IS 'y';\nGRANT SELECT ON TABLE database TO me;\n",
    "\n\n\n\n\n\n\n\n\nALTER ROLE me SET x TO 1;\nCOMMENT ON TABLE database IS 'y';\nGRANT SELECT ON TABLE database TO me;\n",
  ],
  [
    'only what makes it',
    { database: 'notMade' },
    'DROP DATABASE IF EXISTS shop;\nCREATE DATABASE shop;\nALTER DATABASE shop OWNER TO me;\n\\connect shop\n',
    '\n\nALTER DATABASE shop OWNER TO me;\n\n',
  ],
  [
    'drops',
    { ifExists: true },
    `${heading}ALTER TABLE ONLY a.t DROP CONSTRAINT t_pkey;\nALTER TABLE a.t DROP CONSTRAINT "x DROP CONSTRAINT y";\nALTER TABLE a.t ALTER COLUMN n DROP DEFAULT;\nDROP TRIGGER x ON a.t;\nDROP TABLE a.t;\nDROP MATERIALIZED VIEW a.m;\nDROP USER MAPPING FOR me SERVER s;\nDROP OPERATOR CLASS a.c USING btree;\nDROP SCHEMA a;\nDROP TYPE IF EXISTS a.e;\nSELECT pg_catalog.lo_unlink('42');\n${entry}DROP TABLE a.t;\nALTER TABLE a.t DROP COLUMN x;\n`,
    `${heading}ALTER TABLE IF EXISTS ONLY a.t DROP CONSTRAINT IF EXISTS t_pkey;\nALTER TABLE IF EXISTS a.t DROP CONSTRAINT IF EXISTS "x DROP CONSTRAINT y";\nALTER TABLE IF EXISTS a.t ALTER COLUMN n DROP DEFAULT;\nDROP TRIGGER IF EXISTS x ON a.t;\nDROP TABLE IF EXISTS a.t;\nDROP MATERIALIZED VIEW IF EXISTS a.m;\nDROP USER MAPPING IF EXISTS FOR me SERVER s;\nDROP OPERATOR CLASS IF EXISTS a.c USING btree;\nDROP SCHEMA IF EXISTS a;\nDROP TYPE IF EXISTS a.e;\nSELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata WHERE oid = '42';\n${entry}DROP TABLE a.t;\nALTER TABLE a.t DROP COLUMN x;\n`,
  ],
];

describe('a script that is changed on its way to psql', () => {
  for (const [what, edits, script, expected] of cases) {
    it(`is without ${what}, however it is cut`, async () => {
      const rules = rulesOf({ ...NO_EDITS, ...edits });
      for (const size of [1 << 20, 100, 17, 4, 1]) {
        assert.equal((await edit(script, rules, size)).text, expected, String(size));
      }
      const windows = await edit(script.replaceAll('\n', '\r\n'), rules, 1 << 20);
      assert.equal(windows.text.replaceAll('\r', ''), expected);
    });
  }

  const without =
    (word: string): StatementRule =>
    ({ tokens }) =>
      tokens.includes(word) ? { by: '' } : null;

  it('is without the rows of what is left out, and tells its lines', async () => {
    const rows = Array.from({ length: 500 }, (_, i) => `${i}\tSELECT 1;\n`).join('');
    const script = `A;\nCOPY gone FROM stdin;\n${rows}\\.\nB;\nCOPY kept FROM stdin;\n${rows}\\.\nC;\n`;
    for (const size of [1 << 20, 1000, 33, 1]) {
      const { text, lines } = await edit(script, [without('gone')], size);
      assert.equal(text, `A;\nB;\nCOPY kept FROM stdin;\n${rows}\\.\nC;\n`);
      const at = (of: string, word: string): number =>
        of.slice(0, of.indexOf(word)).split('\n').length;
      for (const word of ['A;', 'B;', 'C;']) {
        assert.equal(lines.lineOf(at(text, word)), at(script, word), `${word} ${size}`);
      }
    }
  });

  it('is the same however pieces end amid statements and rows', async () => {
    const random = seededRandom(4711);
    const upTo = (most: number): number => Math.floor(random() * most);
    const parts = Array.from({ length: 40 }, () => {
      const text = 'a;b\n'.repeat(upTo(8000));
      const name = random() < 0.5 ? 'gone' : 'kept';
      switch (upTo(3)) {
        case 0:
          return `CREATE TABLE ${name} AS VALUES ('${text}');\n`;
        case 1:
          return `COPY ${name} FROM stdin;\n${text}\\.\n`;
        default:
          return `-- ${name}\nSELECT $x$${text}$x$;\n`;
      }
    });
    const script = parts.join('');
    const rule = without('gone');
    const whole = await edit(script, [rule], script.length);
    assert.ok(whole.text.includes('kept') && !/(?:TABLE|COPY) gone/.test(whole.text));
    // What is left out is empty lines, unless there are many in one go.
    const packed = (text: string): string => text.replaceAll(/\n+/g, '\n');
    for (const size of [300_000, 70_000, 33_000, 16_384, 5000]) {
      assert.equal(packed((await edit(script, [rule], size)).text), packed(whole.text), `${size}`);
    }
  });

  it('judges a long statement by its first words', async () => {
    const long = `INSERT INTO t VALUES ${'(1),\n'.repeat(600_000)}(2);\n`;
    for (const word of ['insert', 'none']) {
      const { text } = await edit(`A;\n${long}B;\n`, [without(word)], 256 << 10);
      assert.equal(
        text.replaceAll('\n\n', '\n'),
        word === 'insert' ? 'A;\nB;\n' : `A;\n${long}B;\n`,
      );
    }
  });

  it('is never held as a whole', async () => {
    const size = 64 << 10;
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from('COPY t FROM stdin;\n');
      const rows = Buffer.from('1\n'.repeat(size / 2));
      for (let i = 0; i < 200; i++) yield await Promise.resolve(rows);
    }
    let given = 0;
    for await (const part of editedScript(endless(), [without('none')])) {
      assert.ok(Buffer.isBuffer(part) && part.length <= 2 * size);
      given += part.length;
    }
    assert.equal(given, 200 * size + 19);
  });
});
