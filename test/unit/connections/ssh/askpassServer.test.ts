import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {
  listenForPrompts,
  type AskpassServer,
} from '../../../../src/core/connections/ssh/askpassServer';
import { TOKEN } from '../../../../src/core/connections/ssh/askpassWire';
import { describeNeeds } from '../../../support/needs';
import { until } from '../../../support/until';

describeNeeds('scripts as programs', 'the socket by which ssh asks', () => {
  let server: AskpassServer;
  let asked: string[];
  let withdrawn: number;

  beforeEach(async () => {
    asked = [];
    withdrawn = 0;
    server = await listenForPrompts({
      program: '/askpass.js',
      answer: ({ prompt }, signal) => {
        asked.push(prompt);
        if (prompt !== 'wait') return Promise.resolve(prompt === 'refuse' ? null : 'secret');
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            withdrawn++;
            resolve(null);
          });
        });
      },
    });
  });
  afterEach(() => server.close());

  const script = (): string => server.env['SSH_ASKPASS'] ?? '';
  const socketFile = (): string => path.join(path.dirname(script()), 'socket');
  const line = (prompt: string, token = server.env[TOKEN]): string =>
    `${JSON.stringify({ token, prompt, hint: '', login: 1 })}\n`;

  /** What comes back until the other side hangs up. */
  function send(...pieces: string[]): Promise<string> {
    return new Promise((resolve) => {
      let received = '';
      const socket = net.connect(socketFile());
      socket.on('data', (chunk) => (received += String(chunk)));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(received));
      for (const piece of pieces) socket.write(piece);
    });
  }

  it('answers, in a folder of its own, without a secret on disk or in the environment', async () => {
    const whole = line('password: ');
    assert.equal(await send(whole.slice(0, 9), whole.slice(9)), '{"answer":"secret"}');
    assert.equal(await send(line('refuse')), '{"answer":null}');
    assert.equal(statSync(path.dirname(script())).mode & 0o777, 0o700);
    assert.equal(statSync(script()).mode & 0o777, 0o700);
    assert.ok(!readFileSync(script(), 'utf8').includes(server.env[TOKEN] ?? ''));
    assert.equal(server.env['SSH_ASKPASS_REQUIRE'], 'force');
  });

  for (const [name, text] of [
    ['another token', () => line('password: ', 'x'.repeat(64))],
    ['no token', () => line('password: ', '')],
    ['something else', () => '{"token":1}\n'],
    ['no JSON', () => 'GET / HTTP/1.1\n'],
    ['too much', () => 'x'.repeat(100_000)],
  ] as const) {
    it(`hangs up on ${name}`, async () => {
      assert.equal(await send(text()), '');
      assert.deepEqual(asked, []);
    });
  }

  it('withdraws a question whose asker is gone', async () => {
    const socket = net.connect(socketFile());
    socket.write(line('wait'));
    await until(() => asked.length === 1, 'it is asked');
    socket.destroy();
    await until(() => withdrawn === 1, 'it is withdrawn');
  });

  it('withdraws every question at its end, and leaves nothing', async () => {
    const answer = send(line('wait'));
    await until(() => asked.length === 1, 'it is asked');
    server.close();
    assert.equal(await answer, '');
    await until(() => withdrawn === 1, 'it is withdrawn');
    assert.ok(!existsSync(path.dirname(script())));
  });
});
