import * as esbuild from 'esbuild';
import assert from 'node:assert/strict';
import { ChildProcess, execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startStreams, type StreamsEnd } from '../../../../src/core/pgtools/locate/startStreams';
import { AppError } from '../../../../src/core/errors';
import { describeNeeds, itNeeds } from '../../../support/needs';
import { repoPaths } from '../../../support/repoPaths';

/** Starts Node with this program. */
function start(program: string, more: { timeout?: number; cancelSignal?: AbortSignal } = {}) {
  const options = { cwd: tmpdir(), env: {}, stdio: ['pipe', 'pipe', 'ignore'], ...more } as const;
  return startStreams(process.execPath, ['-e', program], options);
}

const NEVER_ENDS = 'setInterval(() => {}, 1000)';

describe('a program that is started for its streams', () => {
  const ENDS: [name: string, started: () => ReturnType<typeof start>, end: Partial<StreamsEnd>][] =
    [
      ['by itself', () => start('process.exitCode = 3'), { exitCode: 3, signal: undefined }],
      [
        'though nobody reads what it says',
        () => start("process.stdout.write('x'.repeat(1 << 20))"),
        { exitCode: 0 },
      ],
      [
        'after its time',
        () => start(NEVER_ENDS, { timeout: 1 }),
        { timedOut: true, isCanceled: false },
      ],
      [
        'at once when it is cancelled already',
        () => start(NEVER_ENDS, { cancelSignal: AbortSignal.abort() }),
        { timedOut: false, isCanceled: true },
      ],
    ];
  for (const [name, started, expected] of ENDS) {
    it(`ends ${name}`, async () => {
      const end = await started().ended;
      assert.deepEqual({ ...end, ...expected }, end);
    });
  }

  it('that is not there is told by its end', async () => {
    const file = path.join(tmpdir(), 'no-such-program');
    const { child, ended } = startStreams(file, [], { cwd: tmpdir(), env: {}, stdio: [] });
    assert.equal((await ended).code, 'ENOENT');
    assert.equal(child.pid, undefined);
  });

  it('is refused where its arguments cannot be passed', () => {
    assert.throws(
      () => startStreams(process.execPath, ['\0'], { cwd: tmpdir(), env: {}, stdio: [] }),
      (error) => AppError.is(error, 'toolNotStarted'),
    );
  });

  it('may stop reading: writing to it then does no harm', async () => {
    const { stdin, ended } = start('process.stdin.destroy(); setTimeout(() => {}, 50)');
    const write = setInterval(() => stdin.write('x'.repeat(1 << 16)), 1);
    assert.equal((await ended).exitCode, 0);
    clearInterval(write);
  });
});

describeNeeds('signals', 'a program that is started for its streams', () => {
  it('ends nothing else where it is not there and is cancelled already', async () => {
    const file = path.join(tmpdir(), 'no-such-program');
    const kill = Object.getOwnPropertyDescriptor(ChildProcess.prototype, 'kill') ?? {};
    // What a signal would reach depends on chance: it is only noted.
    const sent: unknown[] = [];
    const note = (signal: unknown): boolean => sent.push(signal) > 0;
    Object.defineProperty(ChildProcess.prototype, 'kill', { ...kill, value: note });
    try {
      const given = { cwd: tmpdir(), env: {}, stdio: [] };
      const end = await startStreams(file, [], { ...given, cancelSignal: AbortSignal.abort() })
        .ended;
      assert.equal(end.isCanceled, true);
      assert.deepEqual(sent, []);
    } finally {
      Object.defineProperty(ChildProcess.prototype, 'kill', kill);
    }
  });

  itNeeds(
    'packages of npm',
    'is asked to end by its own signal when this process ends',
    async () => {
      const source = path.join(repoPaths.root, 'src/core/pgtools/locate/startStreams.ts');
      const { outputFiles } = await esbuild.build({
        ...{ entryPoints: [source], bundle: true, write: false },
        ...{ platform: 'node', format: 'cjs', logLevel: 'silent' },
      });
      const program = `
      const say = (text) => require('node:fs').writeSync(2, text);
      for (const each of ['SIGINT', 'SIGTERM']) process.on(each, () => (say(each), process.exit()));
      process.stdout.write('ready');
      ${NEVER_ENDS};`;
      const starter = `
      const options = { cwd: '/', env: {}, stdio: ['ignore', 'pipe', 1], killSignal: 'SIGINT' };
      const args = ['-e', ${JSON.stringify(program)}];
      const started = module.exports.startStreams(process.execPath, args, options);
      started.stdout.once('data', () => process.exit());`;
      const code = `${outputFiles[0]?.text ?? ''};${starter}`;
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', code]);
      assert.equal(stdout, 'SIGINT');
    },
  );
});
