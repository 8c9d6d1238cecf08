import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pollReadPositions, type ReadPosition } from '../../../../src/core/jobs/tool/readPosition';

/** Reads some bytes of one file itself and of another by a child, says so and waits for its end. */
const reader = `
  const { openSync, readSync } = require('node:fs');
  const { spawn } = require('node:child_process');
  const [file, bytes, ...more] = process.argv.slice(1);
  readSync(openSync(file, 'r'), Buffer.alloc(Number(bytes)), 0, Number(bytes), null);
  const said = () => console.log('read');
  if (more.length === 0) said();
  else {
    const child = spawn(process.execPath, ['-e', process.env.READER, ...more], { stdio: ['inherit', 'pipe', 'inherit'] });
    child.stdout.once('data', said);
  }
  process.stdin.on('end', () => process.exit()).resume();
`;

/** No other system tells; what is left out there is said. */
function onLinux(title: string, tests: (this: Mocha.Suite) => void): void {
  if (process.platform === 'linux') describe(title, tests);
  else console.log(`Left out on ${process.platform}: ${title}`);
}

onLinux('how far processes have read', function () {
  let dir: string;
  before(() => {
    dir = mkdtempSync(path.join(realpathSync(tmpdir()), 'read-position-'));
    for (const name of ['a.dat', 'b.dat']) writeFileSync(path.join(dir, name), Buffer.alloc(9000));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  const read = async (where: string): Promise<ReadPosition[]> => {
    const [a, b] = [path.join(dir, 'a.dat'), path.join(dir, 'b.dat')];
    const child = spawn(process.execPath, ['-e', reader, a, '1000', b, '2500'], {
      env: { ...process.env, READER: reader },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      await once(child.stdout, 'data');
      return await new Promise<ReadPosition[]>((resolve) => {
        const stop = pollReadPositions(child.pid ?? 0, where, (positions) => {
          stop();
          resolve(positions);
        });
      });
    } finally {
      child.stdin.end();
      await once(child, 'exit');
    }
  };
  const expected = (positions: Record<string, number>): ReadPosition[] =>
    Object.entries(positions).map(([name, position]) => ({ file: path.join(dir, name), position }));

  it('is told of the files of a directory, of the process and its children', async () => {
    const positions = await read(dir);
    positions.sort((a, b) => (a.file < b.file ? -1 : 1));
    assert.deepEqual(positions, expected({ 'a.dat': 1000, 'b.dat': 2500 }));
  });

  it('is told of one file', async () => {
    assert.deepEqual(await read(path.join(dir, 'b.dat')), expected({ 'b.dat': 2500 }));
  });
});
