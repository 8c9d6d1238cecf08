import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { repoPaths } from '../../support/repoPaths';
import { describeNeeds } from '../../support/needs';

const SCRIPT = path.join(repoPaths.root, 'test/support/checkFormat.mjs');
const UNFORMATTED: Readonly<Record<string, string>> = {
  'code.ts': 'export const a = {b:1}\n',
  'deep/inside/quotes.ts': 'export const a = "b";\n',
  'wide.ts': `export const a = [${"'123456789', ".repeat(9)}];\n`,
  'template.ts': 'export const a = html`<p\n>${1+1}</p>`;\n',
  'code.mjs': 'export const a = {b:1}\n',
  '.dots/data.json': '{"a":   1}\n',
  'text.md': '*  a\n*  b\n',
  'style.css': 'a{b:c}\n',
  '.dots/list.yml': 'a:    1\n',
};
const FORMATTED: Readonly<Record<string, string>> = {
  'formatted.ts': "export const a = { b: 'c' };\n",
  // Which oxfmt breaks at each name.
  'union.ts': `export type PasswordCommandProblem =\n  ${['notFound', 'notStarted', 'failed', 'slow', 'long', 'empty', 'lines'].map((word) => `'${word}'`).join(' | ')};\n`,
  // In the order of its own.
  'package.json': '{\n  "version": "1.0.0",\n  "name": "a"\n}\n',
};

describeNeeds('packages of npm', 'What the formatting is checked by', () => {
  let dir: string;
  const check = (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
      writeFileSync(path.join(dir, name), text);
    }
    return spawnSync(process.execPath, [SCRIPT], { cwd: dir, encoding: 'utf8' });
  };

  beforeEach(() => {
    dir = mkdtempSync(path.join(os.tmpdir(), 'pgbackup-formatted-'));
    copyFileSync(path.join(repoPaths.root, '.prettierrc.json'), path.join(dir, '.prettierrc.json'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('names each file that is not formatted, whatever its kind', () => {
    const { status, stdout } = check({ ...UNFORMATTED, ...FORMATTED });
    assert.equal(status, 1);
    const named = [...stdout.matchAll(/^\[warn\] (\S+\.\w+)$/gm)].map(([, name]) => name).sort();
    assert.deepEqual(named, Object.keys(UNFORMATTED).sort());
  });

  it('takes what Prettier takes', () => {
    const { status, stdout, stderr } = check(FORMATTED);
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
  });

  it('fails on what is no code', () => {
    assert.notEqual(check({ 'code.ts': 'no code (\n' }).status, 0);
  });
});
