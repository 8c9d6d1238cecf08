import assert from 'node:assert/strict';
import { optionRow, optionsOf } from '../../../src/core/pgtools/catalogue/catalogue';
import { flagFor, hasOption, longSpellings } from '../../../src/core/pgtools/catalogue/rows';
import type { ToolName } from '../../../src/core/model/tools';
import { everyMajor, version } from './versions';

const tools: ToolName[] = ['pg_dump', 'pg_restore', 'pg_dumpall', 'psql'];

describe('the option catalogue', () => {
  for (const tool of tools) {
    const rows = optionsOf(tool);
    const ids = new Set(rows.map((row) => row.id));

    it(`${tool}: every option once, under its own name`, () => {
      assert.equal(ids.size, rows.length);
      for (const row of rows) {
        assert.equal(row.tool, tool);
        assert.equal(row.flag, `--${row.id}`);
      }
      for (const v of everyMajor) {
        const here = rows.filter((row) => hasOption(row, v));
        const spellings = here.flatMap((row) => longSpellings(row, v));
        assert.equal(new Set(spellings).size, spellings.length, v.text);
        const shorts = here.map((row) => row.short).filter((short) => short !== undefined);
        assert.equal(new Set(shorts).size, shorts.length, v.text);
      }
    });

    it(`${tool}: relations name options that exist, conflicts on both sides`, () => {
      for (const row of rows) {
        const named = [row.requires, row.noEffectWithout, row.conflicts, row.noEffectWith].flat();
        for (const id of named)
          assert.ok(id === undefined || ids.has(id), `${row.id}: ${id ?? ''}`);
        for (const id of row.conflicts ?? []) {
          const back = optionRow(tool, id).conflicts ?? [];
          assert.ok(back.includes(row.id), `${row.id} conflicts with ${id}, but not the other way`);
        }
      }
    });

    it(`${tool}: every row can be shown`, () => {
      for (const row of rows) {
        assert.match(row.label, /^\S.*\S$/, row.id);
        assert.match(row.help, /^[A-Z].*[^.]$/s, row.id);
      }
    });
  }

  it('knows since when there is an option', () => {
    const cases: [tool: ToolName, id: string, has: string[], lacks: string[]][] = [
      ['pg_dump', 'extension', ['14.0', '18.6'], ['12.22', '13.23']],
      ['pg_dump', 'no-synchronized-snapshots', ['12.0', '14.24'], ['15.0', '18.0']],
      ['pg_dump', 'large-objects', ['12.0', '18.0'], []],
      ['pg_dump', 'filter', ['17.0'], ['16.15']],
      ['pg_dump', 'no-data', ['18.0', '18beta1'], ['17.11']],
      ['pg_restore', 'no-data', ['18.0'], ['17.11']],
      ['pg_dump', 'include-foreign-data', ['13.0'], ['12.22']],
      [
        'pg_dump',
        'restrict-key',
        ['13.22', '14.19', '15.14', '16.10', '17.6', '18.0', '19rc1'],
        ['12.22', '13.21', '14.18', '15.13', '16.9', '17.5'],
      ],
      ['pg_restore', 'transaction-size', ['17.0'], ['16.15']],
    ];
    for (const [tool, id, has, lacks] of cases) {
      for (const v of has)
        assert.equal(hasOption(optionRow(tool, id), version(v)), true, `${id} ${v}`);
      for (const v of lacks) {
        assert.equal(hasOption(optionRow(tool, id), version(v)), false, `${id} ${v}`);
      }
    }
  });

  it('spells an option as the version knows it', () => {
    const row = optionRow('pg_dump', 'no-large-objects');
    assert.equal(flagFor(row, version('15.18')), '--no-blobs');
    assert.equal(flagFor(row, version('16.0')), '--no-large-objects');
    assert.deepEqual(longSpellings(row, version('15.18')), ['--no-blobs']);
    assert.deepEqual(longSpellings(row, version('18.0')), ['--no-large-objects', '--no-blobs']);
  });
});
