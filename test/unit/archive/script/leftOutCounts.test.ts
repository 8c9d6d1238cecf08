import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { countLeftOut } from '../../../../src/core/archive/document/leftOutCounts';
import { NO_EDITS, type ScriptEdits } from '../../../../src/core/model/scriptEdits';
import { fixture } from '../files';

const KIND = {
  kind: 'plain',
  compression: 'none',
  encoding: 'utf8',
  cluster: false,
  byPgDump: true,
} as const;

const path = fixture('mini.17.sql');
const text = readFileSync(path, 'utf8');
const occurrences = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;

describe('what is left out of a script, counted before it is run', () => {
  const count = (edits: Partial<ScriptEdits>): ReturnType<typeof countLeftOut> =>
    countLeftOut(path, KIND, { ...NO_EDITS, ...edits }, { alone: false });

  it('is nothing where nothing is', async () => {
    const { entries, statements } = await count({});
    assert.deepEqual([entries.size, statements.size], [0, 0]);
  });

  it('is as many statements of a kind as the script holds', async () => {
    const { statements } = await count({ leaveOut: ['owners', 'comments'] });
    assert.equal(statements.get('owners'), occurrences(/ OWNER TO \w+;$/gm));
    assert.equal(statements.get('comments'), occurrences(/^COMMENT ON /gm));
  });

  it('is every entry that is not chosen, and the kinds of the others', async () => {
    const all = occurrences(/^-- (?:Data for )?Name: .*; Type: TABLE; /gm);
    const [, schema = '', name = ''] = /^CREATE TABLE (\w+)\.(\w+) \(/m.exec(text) ?? [];
    const selection = { schemas: [], tables: [{ schema, name }] };
    const { entries, statements } = await count({ selection, leaveOut: ['owners'] });
    assert.ok((entries.get('TABLE') ?? 0) > 0 && (entries.get('TABLE') ?? 0) < all);
    const owners = statements.get('owners') ?? 0;
    assert.ok(owners > 0 && owners < occurrences(/ OWNER TO \w+;$/gm), String(owners));
  });
});
