import assert from 'node:assert/strict';
import { extensionStage } from '../../support/tiers/runTier';
import { allTestFiles, longestFirst, usualSeconds } from '../../support/tiers/testFiles';

describe('the order in which tests start', () => {
  it('knows the time of files and stages that there are', () => {
    const stages = (['current', 'minimum'] as const).flatMap((version) =>
      [false, true].map((restricted) => extensionStage(version, restricted)),
    );
    const there = new Set([...allTestFiles(), ...stages, 'windows']);
    assert.deepEqual(
      Object.keys(usualSeconds).filter((name) => !there.has(name)),
      [],
    );
  });

  it('begins with what takes longest, by what is known or by the size of the files', () => {
    const batches = [
      { name: 'unit', files: ['unit/support/testFiles.test'] },
      { name: 'e2e', files: ['e2e/package.test'] },
      { name: 'extension current', files: ['extension/views.test', 'extension/window.test'] },
    ];
    const names = longestFirst(batches).map(({ name }) => name);
    assert.deepEqual(names, ['extension current', 'e2e', 'unit']);
  });
});
