import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  drawRooms,
  findCircles,
  GRAPH_BEGIN,
  GRAPH_END,
  groupGraph,
  readFileGraph,
  roomOf,
  type Graph,
} from '../../support/documents/importGraph';
import { repoPaths } from '../../support/repoPaths';

function graphOf(arrows: Record<string, string[]>): Graph {
  return new Map(Object.entries(arrows).map(([node, targets]) => [node, new Set(targets)]));
}

/** More files than this in one folder are a list, not a room. */
const MAX_LOOSE_FILES = 16;

describe('the import graph', () => {
  const files = readFileGraph();

  it('finds a circle, however long, and none where there is none', () => {
    assert.deepEqual(findCircles(graphOf({ a: ['b'], b: ['c'], c: [] })), []);
    assert.deepEqual(findCircles(graphOf({ a: ['b'], b: ['c'], c: ['b'] })), [['b', 'c', 'b']]);
  });

  it('sees every file, and imports of types', () => {
    assert.ok(files.size > 300);
    assert.ok(files.get('src/core/model/backups.ts')?.has('src/core/model/options.ts'));
  });

  it('has no circle of files', () => {
    assert.deepEqual(findCircles(files), []);
  });

  for (const depth of [1, 2]) {
    it(`has no circle of rooms at depth ${depth}`, () => {
      assert.deepEqual(findCircles(groupGraph(files, (file) => roomOf(file, depth))), []);
    });
  }

  it('is drawn in CONTRIBUTING.md as it is (npm run graph -- --write)', () => {
    const text = readFileSync(path.join(repoPaths.root, 'CONTRIBUTING.md'), 'utf8');
    const drawn = text.split(GRAPH_BEGIN)[1]?.split(GRAPH_END)[0] ?? '';
    assert.equal(drawn.trim(), `\`\`\`text\n${drawRooms(files)}\n\`\`\``);
  });

  it('has no folder that is a long list of files', () => {
    const loose = new Map<string, number>();
    for (const top of ['src', 'webview', 'test']) {
      const entries = readdirSync(path.join(repoPaths.root, top), {
        recursive: true,
        withFileTypes: true,
      });
      for (const entry of entries) {
        if (!entry.name.endsWith('.ts')) continue;
        loose.set(entry.parentPath, (loose.get(entry.parentPath) ?? 0) + 1);
      }
    }
    const crowded = [...loose].filter(([, count]) => count > MAX_LOOSE_FILES);
    assert.deepEqual(crowded, []);
  });
});
