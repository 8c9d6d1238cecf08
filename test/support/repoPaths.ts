import { existsSync } from 'node:fs';
import path from 'node:path';

function findRoot(): string {
  // Bundled tests sit at different depths below out/, so the root is searched for from there
  // upwards.
  for (const start of [__dirname, process.cwd()]) {
    let dir = start;
    while (path.dirname(dir) !== dir) {
      if (existsSync(path.join(dir, 'esbuild.mjs')) && existsSync(path.join(dir, 'package.json'))) {
        return dir;
      }
      dir = path.dirname(dir);
    }
  }
  throw new Error(`no checkout of this extension above ${__dirname} or ${process.cwd()}`);
}

const root = findRoot();

/** Absolute paths of the checkout that the running code was built from. */
export const repoPaths = {
  root,
  fixtures: path.join(root, 'test/fixtures'),
  out: path.join(root, 'out'),
  builtTests: path.join(root, 'out/test'),
} as const;
