import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BYE, waitingArgs } from '../../../../src/core/jobs/supervisor/process/guard';
import { describeNeeds } from '../../../support/needs';

describeNeeds('signals', 'the shell that waits in the place of a guard', () => {
  let dir: string;
  before(() => (dir = mkdtempSync(path.join(tmpdir(), 'pgbackup-guard-'))));
  after(() => rmSync(dir, { recursive: true, force: true }));

  /** A program in a group of its own, with the signal that ends it. */
  async function tool(hearsInterrupt: boolean) {
    const trap = hearsInterrupt ? '' : "process.on('SIGINT', () => undefined);";
    const program = `${trap} process.stdout.write('ready'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['-e', program], { detached: true });
    const ended = once(child, 'exit').then(([, signal]) => String(signal));
    await once(child.stdout, 'data');
    return { pid: child.pid, ended };
  }

  /** Runs it with these lines; resolves when it has ended. */
  async function waits(lines: readonly string[], node: string, bundle: string): Promise<void> {
    writeFileSync(path.join(dir, 'guard.js'), bundle);
    const handle = openSync(path.join(dir, 'guard.js'), 'r');
    const shell = spawn('/bin/sh', waitingArgs(node, path.join(dir, 'guard.js')), {
      stdio: ['pipe', 'ignore', 'ignore', handle],
    });
    closeSync(handle);
    const ended = once(shell, 'exit');
    shell.stdin?.end(lines.map((line) => `${line}\n`).join(''));
    await ended;
  }

  const heard = (): string => path.join(dir, 'heard');
  const bundle = (): string =>
    `require('node:fs').writeFileSync(${JSON.stringify(heard())}, require('node:fs').readFileSync(0))`;

  it('becomes Node with the newest line, unless it was dismissed', async () => {
    await waits(['{"a":1}', '{"a":2}', BYE], process.execPath, bundle());
    assert.throws(() => readFileSync(heard()), { code: 'ENOENT' });
    await waits(['{"a":1}', '{"a":2}'], process.execPath, bundle());
    assert.equal(readFileSync(heard(), 'utf8'), '{"a":2}\n');
  });

  it('ends the groups itself where Node is not there any more', async () => {
    const [polite, deaf, tunnel] = await Promise.all([tool(true), tool(false), tool(false)]);
    const groups = {
      tools: [polite.pid, deaf.pid],
      tunnels: [tunnel.pid],
      placed: [],
      folders: [],
    };
    await waits(['{}', JSON.stringify(groups)], path.join(dir, 'node'), '');
    const ends = await Promise.all([polite.ended, deaf.ended, tunnel.ended]);
    assert.deepEqual(ends, ['SIGINT', 'SIGKILL', 'SIGKILL']);
  });
});
