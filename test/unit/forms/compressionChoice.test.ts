import assert from 'node:assert/strict';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import {
  type Compression,
  readCompression,
  withMethod,
  writeCompression,
} from '../../../src/core/forms/backup/compressionChoice';

const defaults = backupDefaults();
const say = (next: Compression) => {
  const { compression, toolOptions } = writeCompression(defaults, next);
  return { compression, toolOptions };
};

describe('Compression by method and level', () => {
  it('says gzip and none as a bare level, which every version understands', () => {
    assert.deepEqual(say({ method: 'gzip', level: 9, long: false }), {
      compression: 9,
      toolOptions: {},
    });
    assert.deepEqual(say({ method: 'none', level: 0, long: false }), {
      compression: 0,
      toolOptions: {},
    });
  });

  it('says other methods by name, and reads back what it said', () => {
    for (const next of [
      { method: 'zstd', level: 19, long: true },
      { method: 'lz4', level: 1, long: false },
    ]) {
      const written = writeCompression(defaults, next);
      assert.deepEqual(readCompression(written), next);
    }
    const said = say({ method: 'zstd', level: 19, long: true });
    assert.deepEqual(said.toolOptions, { compress: 'zstd:level=19,long' });
  });

  it('keeps the method while the level is no number', () => {
    const written = writeCompression(defaults, { method: 'zstd', level: Number.NaN, long: true });
    assert.deepEqual(readCompression(written), { method: 'zstd', level: Number.NaN, long: true });
  });

  it('takes the method’s own level where none is said', () => {
    const options = { compression: 6, toolOptions: { compress: 'zstd' } };
    assert.deepEqual(readCompression(options), { method: 'zstd', level: 3, long: false });
    assert.equal(readCompression({ compression: 0, toolOptions: {} }).method, 'none');
  });

  it('begins another method at its usual level', () => {
    const gzip = { method: 'gzip', level: 9, long: false };
    assert.deepEqual(withMethod(gzip, 'gzip'), gzip);
    assert.deepEqual(withMethod(gzip, 'lz4'), { method: 'lz4', level: 1, long: false });
    assert.deepEqual(withMethod(gzip, 'none'), { method: 'none', level: 0, long: false });
  });
});
