import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { optionRow, tableOf } from '../../../src/core/pgtools/catalogue/catalogue';
import { dumpOptions } from '../../../src/core/pgtools/catalogue/dump';
import {
  flagFor,
  formatsFor,
  hasOption,
  longSpellings,
  rowsFor,
  takesValue,
} from '../../../src/core/pgtools/catalogue/rows';
import type { OptionRow } from '../../../src/core/pgtools/catalogue/types';
import { parseHelp } from '../../../src/core/pgtools/choose/help';
import { parseVersion } from '../../../src/core/pgtools/choose/parseVersion';
import { renderOptions } from '../../../src/core/pgtools/args/renderOptions';
import type { ToolName, ToolVersion } from '../../../src/core/model/tools';
import { libpqEnv, psql } from '../../support/machine/psql';
import { createDatabase } from '../../support/machine/sampleDatabase';
import { assertHabit, assertRefused } from '../../support/measure/measuredReleases';
import type { ServerCoordinates } from '../../support/machine/server';
import { repoPaths } from '../../support/repoPaths';
import { testServers } from '../../support/servers';
import type { ToolResult } from '../harness/formsHarness';

const tools: ToolName[] = ['pg_dump', 'pg_restore', 'pg_dumpall', 'psql'];

/**
 * Options in few groups, in each of which no option conflicts with another or needs one that is
 * missing.
 */
function compatibleGroups(rows: OptionRow[]): OptionRow[][] {
  const against = (a: OptionRow, b: OptionRow): boolean =>
    [...(a.conflicts ?? []), ...(a.noEffectWith ?? [])].includes(b.id);
  const groups: OptionRow[][] = [];
  for (const row of rows) {
    const needed = rows.filter((other) => row.requires?.includes(other.id)).slice(0, 1);
    const added = [row, ...needed];
    const group = groups.find((g) =>
      g.every((other) => added.every((one) => !against(one, other) && !against(other, one))),
    );
    if (group) group.push(...added.filter((one) => !group.includes(one)));
    else groups.push(added);
  }
  return groups;
}

/** The words with which tools refuse a combination, before they do anything. */
const refusal =
  /cannot be used together|cannot specify both|is not supported with|not supported by|only supported by|can only be used with|requires option/;

describe('the option catalogue against the tools', function () {
  const database = 'pgtools_catalogue';
  let dir = '';
  before(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'pgtools-'));
    for (const server of testServers()) await createDatabase(server, database);
  });
  after(async () => {
    await rm(dir, { recursive: true, force: true });
    for (const server of testServers()) await psql(server, 'postgres', `DROP DATABASE ${database}`);
  });

  async function run(
    server: ServerCoordinates,
    tool: ToolName,
    args: string[],
  ): Promise<ToolResult> {
    const result = await execa(path.join(server.binDir, tool), args, {
      reject: false,
      stdin: 'ignore',
      env: { ...libpqEnv(server, database), LC_ALL: 'C' },
      timeout: 60_000,
    });
    return { code: result.exitCode, stderr: result.stderr, stdout: result.stdout };
  }

  async function versionOf(server: ServerCoordinates, tool: ToolName): Promise<ToolVersion> {
    const parsed = parseVersion((await run(server, tool, ['--version'])).stdout);
    assert.equal(parsed?.tool, tool);
    return parsed.version;
  }

  /** A value that the tool accepts for this option. */
  function sample(row: OptionRow): true | number | string | string[] {
    switch (row.kind.kind) {
      case 'flag':
        return true;
      case 'number':
        // A time limit that is not exceeded even on a busy machine.
        if (row.kind.unit === 'milliseconds') return 60_000;
        // One job is not parallel.
        return row.id === 'jobs' ? 2 : Math.max(row.kind.min, 1);
      case 'choice':
        return row.kind.choices[0]?.value ?? '';
      case 'text':
        return { encoding: 'UTF8', role: 'postgres', snapshot: 'x', key: 'abc', free: 'x' }[
          row.kind.of
        ];
      case 'patternList':
      case 'nameList':
        return ['x'];
      case 'file':
        return row.kind.direction === 'in' ? '/dev/null' : path.join(dir, 'out');
      case 'compression':
        return 1;
    }
  }

  /** The options with what they need besides, in a format that takes them all. */
  function command(tool: ToolName, version: ToolVersion, rows: OptionRow[]): string[] {
    const values = new Map(rows.map((row) => [row.id, sample(row)]));
    for (const row of rows) {
      const needs = row.requires?.find((id) => hasOption(optionRow(tool, id), version));
      if (needs !== undefined) values.set(needs, true);
    }
    const formats = rows.flatMap((row) => row.formats?.[0] ?? []);
    if (tool === 'pg_dump' && formats[0] !== undefined && !values.has('format')) {
      values.set('format', formats[0]);
      values.set('file', path.join(dir, 'never'));
    }
    const args = renderOptions(tableOf(tool), version, values);
    if (tool !== 'pg_restore') return args;
    const archive = path.join(repoPaths.fixtures, 'archives/mini.12.dump');
    return [...args, ...(values.has('dbname') ? [] : [`--dbname=${database}`]), archive];
  }

  for (const tool of tools) {
    it(`has nothing that ${tool} --help does not list, and all of it`, async () => {
      for (const server of testServers()) {
        const version = await versionOf(server, tool);
        const help = parseHelp((await run(server, tool, ['--help'])).stdout);
        assert.ok(help.length > 20);
        const listed = help.flatMap((o) => [o.flag, ...o.also]).sort();
        const known = rowsFor(tableOf(tool), version)
          .flatMap((row) => {
            const hidden = (row.spellings ?? []).filter((s) => s.hidden).map((s) => s.flag);
            return longSpellings(row, version).filter((flag) => !hidden.includes(flag));
          })
          .sort();
        const unlisted = known.filter((flag) => !listed.includes(flag));
        assert.deepEqual(unlisted, [], `${tool} ${version.text}`);
        const unknown = listed.filter((flag) => !known.includes(flag));
        const what = `${tool} has only the options of the catalogue`;
        assertHabit(server, what, () => assert.deepEqual(unknown, [], version.text));
        for (const option of help) {
          const row = rowsFor(tableOf(tool), version).find(
            (r) => flagFor(r, version) === option.flag,
          );
          if (!row) continue;
          assert.equal(row.short ?? null, option.short, `${option.flag} ${version.text}`);
          assert.equal(takesValue(row), option.argument !== null, `${option.flag} ${version.text}`);
        }
      }
    });

    it(`has spellings that ${tool} takes although its help is silent`, async () => {
      for (const server of testServers()) {
        const version = await versionOf(server, tool);
        for (const row of rowsFor(tableOf(tool), version)) {
          for (const spelling of row.spellings?.filter((s) => s.hidden) ?? []) {
            // The tool complains about the second option only.
            const { stderr } = await run(server, tool, [spelling.flag, '--no-such-option']);
            assert.match(stderr, /unrecognized option '--no-such-option'/, spelling.flag);
            assert.doesNotMatch(stderr, new RegExp(`'${spelling.flag}`));
          }
        }
      }
    });
  }

  for (const tool of ['pg_dump', 'pg_restore', 'pg_dumpall'] as const) {
    it(`${tool} refuses every declared conflict`, async () => {
      let checked = 0;
      for (const server of testServers()) {
        const version = await versionOf(server, tool);
        for (const row of rowsFor(tableOf(tool), version)) {
          for (const id of row.conflicts ?? []) {
            const other = optionRow(tool, id);
            if (row.id > id || !hasOption(other, version)) continue;
            const what = `${tool} ${version.text} ${row.flag} ${other.flag}`;
            const both = await run(server, tool, command(tool, version, [row, other]));
            assertRefused(server, what, both, refusal);
            checked++;
          }
        }
      }
      assert.ok(checked > 10, String(checked));
    });

    it(`${tool} refuses what lacks its requirement`, async () => {
      for (const server of testServers()) {
        const version = await versionOf(server, tool);
        for (const row of rowsFor(tableOf(tool), version).filter((r) => r.requires)) {
          const args = renderOptions(tableOf(tool), version, new Map([[row.id, sample(row)]]));
          const archive = path.join(repoPaths.fixtures, 'archives/mini.12.dump');
          const rest = tool === 'pg_restore' ? [`--dbname=${database}`, archive] : [];
          const alone = await run(server, tool, [...args, ...rest]);
          assertRefused(server, `${tool} ${row.flag} alone`, alone, /requires option/);
        }
      }
    });
  }

  it('pg_dump takes every offered option in the formats it is declared for', async () => {
    // These need something on the server, or forbid nearly everything else.
    const special = new Set(['snapshot', 'include-foreign-data', 'strict-names', 'binary-upgrade']);
    for (const server of testServers()) {
      const version = await versionOf(server, 'pg_dump');
      for (const format of ['custom', 'directory', 'plain', 'tar'] as const) {
        const rows = rowsFor(dumpOptions, version).filter(
          (row) =>
            !row.reserved &&
            !special.has(row.id) &&
            row.id !== 'file' &&
            row.id !== 'format' &&
            (row.kind.kind !== 'patternList' || row.id === 'exclude-table') &&
            (formatsFor(row, version)?.includes(format) ?? true),
        );
        for (const [index, group] of compatibleGroups(rows).entries()) {
          const values = new Map([
            ['format', format],
            ['file', path.join(dir, `${String(server.major)}.${format}.${index}`)],
            ...group.map((row) => [row.id, sample(row)] as const),
          ]);
          const result = await run(server, 'pg_dump', renderOptions(dumpOptions, version, values));
          const what = `${format} ${version.text} ${group.map((row) => row.id).join(' ')}`;
          assert.equal(result.code, 0, `${what}: ${result.stderr}`);
        }
      }
    }
  });

  it('pg_dump refuses options in other formats', async () => {
    const all = ['custom', 'directory', 'plain', 'tar'] as const;
    for (const server of testServers()) {
      const version = await versionOf(server, 'pg_dump');
      for (const row of dumpOptions.rows.filter((r) => r.formats && hasOption(r, version))) {
        for (const format of all.filter((f) => !formatsFor(row, version)?.includes(f))) {
          const values = new Map<string, true | number | string | string[]>([
            ['format', format],
            ['file', path.join(dir, `${String(server.major)}.${row.id}.${format}.refused`)],
            [row.id, sample(row)],
          ]);
          const result = await run(server, 'pg_dump', renderOptions(dumpOptions, version, values));
          assertRefused(server, `pg_dump ${row.flag} with ${format}`, result, refusal);
        }
      }
    }
  });
});
