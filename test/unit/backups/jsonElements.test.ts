import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { takeJsonApart } from '../../../src/core/backups/manifest/jsonElements';
import { manifestPath, readManifest } from '../../../src/core/backups/manifest/manifest';
import { seededRandom } from '../../support/seededRandom';

/** The document as it is put together again; what the arrays held before the last of them is gone. */
async function together(text: string): Promise<unknown> {
  const lists: Record<string, unknown[]> = {};
  const rest = await takeJsonApart(Buffer.from(text), {
    paths: ['files', 'backup.tables'],
    begin: (where) => (lists[where] = []),
    element: (where, value) => lists[where]?.push(value),
  });
  const value = JSON.parse(rest) as { files?: unknown; backup?: { tables?: unknown } } | null;
  if (Array.isArray(value?.files)) value.files = lists['files'];
  if (Array.isArray(value?.backup?.tables)) value.backup.tables = lists['backup.tables'];
  return value;
}

const texts = [
  '{"files": [], "backup": null}',
  '{"files": [ ], "backup": {"tables": [1, [2, {"files": [3]}], "a,]}", "\\\\", "\\""]}}',
  '{"a": {"files": [1]}, "files": [{"files": [1, 2]}, []], "backup": {"x": {"tables": [1]}}}',
  '{"files": [1], "files": [2, 3]}',
  '{"files": [1], "files": 7}',
  '{"files": {"files": [1]}, "tables": [1], "backup": {"files": [1], "tables": null}}',
  '[["files"], {"files": [1]}]',
  '{"fi\\u006ces": [1]}',
  '"files"',
  '  {\n"files"\t:\n[ 1 ,\n2 ]\n}  ',
  ...['', '{', '{"files": [', '{"files": [1,]}', '{"files": [,1]}', '{"files": [1 2]}'],
  ...['{"files": [1}', '{"files": [1]]}', '{"files" [1]}', '{"files": ["]}', '{"files": [1]} x'],
];

describe('JSON that is taken apart', () => {
  const whole = (text: string): unknown => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return 'no JSON';
    }
  };

  for (const text of texts) {
    it(`is what it is in one piece: ${text.trim().slice(0, 60)}`, async () => {
      assert.deepEqual(await together(text).catch(() => 'no JSON'), whole(text));
    });
  }

  it('is so, too, with any character changed', async () => {
    const seed = 20261126;
    const random = seededRandom(seed);
    const good =
      '{"files":[{"n":"a\\"b","s":[1,2]},{}],"backup":{"tables":[{"x":"é,"}],"y":1},"z":"]"}';
    const marks = '{}[]",:\\ 1a';
    for (let round = 0; round < 3000; round++) {
      const at = Math.floor(random() * good.length);
      const mark = marks[Math.floor(random() * marks.length)] ?? '';
      const text = `${good.slice(0, at)}${mark}${good.slice(at + (random() < 0.5 ? 1 : 0))}`;
      const apart = await together(text).catch(() => 'no JSON');
      assert.deepEqual(apart, whole(text), `seed ${seed}, round ${round}: ${text}`);
    }
  });
});

describe('a manifest of 40 MB', function () {
  this.timeout(60_000);
  let dir: string;
  before(() => (dir = mkdtempSync(path.join(os.tmpdir(), 'pgbackup-large-'))));
  after(() => rmSync(dir, { recursive: true, force: true }));

  it('is read while the host goes on', async () => {
    const sha256 = 'a'.repeat(64);
    const files = Array.from({ length: 300_000 }, (_, i) => ({
      name: `${i}.dat`,
      sizeBytes: i,
      sha256,
    }));
    const rest = { manifestVersion: 1, format: 'directory', backup: null, verifications: [] };
    const manifest = { ...rest, modified: '2026-11-26T00:00:00.000Z', files };
    const backup = path.join(dir, 'shop');
    writeFileSync(manifestPath(backup), JSON.stringify(manifest, null, 1));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const read = await readManifest(backup);
    clearInterval(timer);
    assert.equal(read?.files.length, files.length);
    assert.deepEqual(read.files.at(-1), files.at(-1));
    // One turn for each slice of 12 ms; on a busy machine each takes longer, and there are as many.
    assert.ok(turns > 10, `${turns} turns`);
  });
});
