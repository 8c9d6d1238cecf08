import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CodeCache } from '../../../../src/core/jobs/supervisor/process/codeCache';

const load = createRequire(__filename);
const original = load.extensions['.js'];
/** Not older than a process whose code is worth keeping, in milliseconds; and older. */
const YOUNG = 1000;
const OLD = 3_600_000;

describe('compiled code that is kept for later processes', () => {
  let dir: string;
  let kept: string;
  let program: string;

  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'code-'));
    kept = path.join(dir, 'code', 'backup');
    program = path.join(dir, 'program.js');
    write('there');
  });
  afterEach(() => {
    load.extensions['.js'] = original;
    rmSync(dir, { recursive: true, force: true });
  });

  function write(word: string): void {
    const texts: Record<string, string> = {
      'program.js': `exports.say = () => \`\${__filename} \${require('./part').word()}\`;`,
      'part.js': `exports.word = () => '${word}';`,
    };
    for (const [name, text] of Object.entries(texts)) writeFileSync(path.join(dir, name), text);
  }

  /** A process that runs the program; returns what it says. */
  function run(age = YOUNG): string {
    for (const name of ['program.js', 'part.js']) delete load.cache[path.join(dir, name)];
    const cache = CodeCache.use(kept);
    const { say } = load(program) as { say: () => string };
    const said = say();
    cache.keep(age);
    return said.slice(program.length + 1);
  }

  it('is written once, for this user alone', () => {
    assert.equal(run(), 'there');
    const first = statSync(kept, { bigint: true });
    if (process.platform !== 'win32') assert.equal(Number(first.mode) & 0o777, 0o600);
    assert.equal(run(), 'there');
    assert.equal(statSync(kept, { bigint: true }).ino, first.ino);
  });

  it('is not kept by a process that has run for long', () => {
    assert.equal(run(OLD), 'there');
    assert.ok(!existsSync(kept));
  });

  const damages: [string, (bytes: Buffer) => Buffer][] = [
    ['empty', () => Buffer.alloc(0)],
    ['cut off', (bytes) => bytes.subarray(0, bytes.length - 10)],
    ['cut off in its checksum', (bytes) => bytes.subarray(0, 20)],
    ['changed in its code', (bytes) => changed(bytes, bytes.length - 20)],
    ['changed in its beginning', (bytes) => changed(bytes, 33)],
    ['something else', () => Buffer.from('{"code":"x"}'.repeat(20))],
  ];
  for (const [name, damage] of damages) {
    it(`is not used where it is ${name}, and written anew`, () => {
      run();
      const whole = readFileSync(kept);
      writeFileSync(kept, damage(whole));
      assert.equal(run(), 'there');
      assert.notDeepEqual(readFileSync(kept), damage(whole));
      const { ino } = statSync(kept);
      run();
      assert.equal(statSync(kept).ino, ino, 'the new one is used');
    });
  }

  it('is not used for a module that has changed, also when it is as long as before', () => {
    run();
    write('where');
    assert.equal(run(), 'where');
  });

  it('fails no process where it cannot be written', () => {
    writeFileSync(path.join(dir, 'code'), 'a file');
    assert.equal(run(), 'there');
  });
});

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}
