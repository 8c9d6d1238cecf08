import os from 'node:os';
import {
  UnpackedDumps,
  type UnpackedDumpsWorld,
} from '../../../src/core/archive/packed/unpackedDumps';

/** Unpacked dumps of a window in which questions to the user are not answered. */
export function unpackedDumps(world: Partial<UnpackedDumpsWorld> = {}): UnpackedDumps {
  return new UnpackedDumps({
    tempDir: os.tmpdir(),
    owner: () => 'test',
    isGone: () => false,
    choose: () => Promise.resolve(null),
    ...world,
  });
}
