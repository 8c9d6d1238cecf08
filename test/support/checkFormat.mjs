// Tells which files are not formatted: `node test/support/checkFormat.mjs`, from the root.
// Prettier says how. It needs twenty seconds for all files, and oxfmt, which knows the same style,
// half of one: Prettier is asked about those alone that oxfmt would write in another way.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../node_modules');

/** @throws Error with what the program printed, when it ended with another code */
function run(program, args, codes) {
  const file = path.join(modules, program);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    encoding: 'utf8',
    maxBuffer: 1e8,
    // Both print in colours where the variable CI is set, terminal or not.
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  if (!codes.includes(status)) throw new Error(`${program}: ${stdout}${stderr}`);
  return { status, stdout, stderr };
}

/** Files that oxfmt would write in another way, in the style of Prettier's own configuration. */
function doubtful() {
  const dir = mkdtempSync(path.join(tmpdir(), 'pgbackup-format-'));
  try {
    const style = JSON.parse(readFileSync('.prettierrc.json', 'utf8'));
    const config = path.join(dir, 'oxfmt.json');
    writeFileSync(
      config,
      JSON.stringify({ ...style, overrides: undefined, sortPackageJson: false }),
    );
    const { status, stdout } = run(
      'oxfmt/bin/oxfmt',
      ['-c', config, '--list-different', '.'],
      [0, 1],
    );
    const files = stdout.split('\n').filter((line) => line !== '');
    if (status !== 0 && files.length === 0) throw new Error('oxfmt failed and named no file');
    return files;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const files = doubtful();
if (files.length > 0) {
  const { status, stdout, stderr } = run(
    'prettier/bin/prettier.cjs',
    ['--log-level', 'warn', '--check', ...files],
    [0, 1],
  );
  process.stdout.write(stdout + stderr);
  process.exitCode = status;
}
