import assert from 'node:assert/strict';
import { chooseFromScript } from '../../../../src/core/archive/document/scriptSelection';
import { BackupInfoCache } from '../../../../src/core/archive/inspect/backupInfoCache';
import { unpackedDumps } from '../../../support/packed/unpackedDumps';
import { scratch } from '../files';

const KIND = {
  kind: 'plain',
  compression: 'none',
  encoding: 'utf8',
  cluster: false,
  byPgDump: true,
} as const;

const table = (name: string): string =>
  `--\n-- Name: ${name}; Type: TABLE; Schema: app; Owner: me\n--\n\nCREATE TABLE app.${name} (n int, t text);\n\n\n`;
const rowsOf = (name: string, rows: string): string =>
  `--\n-- Data for Name: ${name}; Type: TABLE DATA; Schema: app; Owner: me\n--\n\nCOPY app.${name} (n, t) FROM stdin;\n${rows}\\.\n\n\n`;
const index = (name: string): string =>
  `--\n-- Name: ${name}_n; Type: INDEX; Schema: app; Owner: me\n--\n\nCREATE INDEX ${name}_n ON app.${name} USING btree (n);\n\n\n`;

/** More than is read as fast as it is passed over, with rows that look like other things. */
const LARGE =
  '1\t-- Name: x; Type: TABLE; Schema: app; Owner: me\n2\t\\\\.\n3\tCOPY x FROM stdin;\n'.repeat(
    20_000,
  );
const SCRIPT = [
  '--\n-- PostgreSQL database dump\n--\n\nSET check_function_bodies = false;\n\n',
  ...['a', 'b', 'c', 'd'].map(table),
  rowsOf('a', LARGE),
  rowsOf('b', '1\tx\n'),
  rowsOf('c', LARGE),
  rowsOf('d', LARGE),
  ...['a', 'b', 'c', 'd'].map(index),
  '--\n-- PostgreSQL database dump complete\n--\n\n',
].join('');

describe('the rows of large tables, once a form knows where they are', () => {
  const files = scratch();

  for (const [what, script, remembered] of [
    ['in a script', SCRIPT, 3],
    ['in one with a byte order mark', `\uFEFF${SCRIPT}`, 3],
    ['in one with other line ends', SCRIPT.replaceAll('\n', '\r\n'), 3],
    ['in one that is cut', SCRIPT.slice(0, -2_000_000), 2],
  ] as const) {
    it(`are not read when a part is chosen: ${what}`, async () => {
      const path = files.write('large.sql', script);
      const cache = new BackupInfoCache(unpackedDumps());
      await cache.info(path);
      const largeRows = (await cache.known(path))?.largeRows ?? [];
      assert.equal(largeRows.length, remembered);
      for (const name of ['a', 'b', 'd']) {
        const selection = { schemas: [], tables: [{ schema: 'app', name }] };
        const all = await chooseFromScript(path, KIND, selection, { alone: false });
        const some = await chooseFromScript(path, KIND, selection, { alone: false, largeRows });
        assert.deepEqual(some, { ...all, drops: some.drops });
        assert.deepEqual(
          some.drops.map(({ entry }) => entry.tag),
          all.drops.map(({ entry }) => entry.tag),
        );
        assert.ok(all.starts.size > 0);
      }
    });
  }
});
