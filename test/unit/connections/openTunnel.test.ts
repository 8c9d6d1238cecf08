import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openTunnel } from '../../../src/core/connections/openTunnel';
import type { SshProcess, StartSsh } from '../../../src/core/connections/ssh/startSsh';
import { AppError } from '../../../src/core/errors';
import { SshOutput } from '../../../src/core/pgtools/stderr/sshOutput';
import { describeNeeds } from '../../support/needs';

const profile = { id: 'x', host: 'db', source: 'user', ssh: { host: 'b' } } as const;

describeNeeds('scripts as programs', 'opening a tunnel', () => {
  let dir: string;

  before(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'pg-open-tunnel-'));
    await writeFile(path.join(dir, 'ssh'), '#!/bin/sh\n');
    await chmod(path.join(dir, 'ssh'), 0o755);
  });

  after(() => rm(dir, { recursive: true, force: true }));

  /** An `ssh` that says something of the port that it was given, and runs until it is killed. */
  function saying(...words: ((port: number) => string)[]): { start: StartSsh; ports: number[] } {
    const ports: number[] = [];
    const start: StartSsh = ({ args }, { onChunk }) => {
      const port = Number(args[args.indexOf('-L') + 1]?.split(':')[1]);
      const say = words[ports.length] ?? (() => '');
      ports.push(port);
      let end = (): void => undefined;
      const exit = new Promise<Awaited<SshProcess['exit']>>((resolve) => {
        end = () => resolve({ code: null, startFailure: null });
      });
      queueMicrotask(() => onChunk(Buffer.from(say(port)), 'stderr'));
      return { pid: 2, exit, kill: end };
    };
    return { start, ports };
  }

  const options = (start: StartSsh) => ({
    inherited: { PATH: dir, HOME: dir },
    connectTimeoutSeconds: 5,
    start,
  });
  // As OpenSSH has it: the port is named before it is tried.
  const tries = (port: number): string =>
    `debug1: Local forwarding listening on 127.0.0.1 port ${port}.\n`;
  const ready = 'debug1: Entering interactive session.\n';
  const listens = (port: number): string => tries(port) + ready;
  const taken = (port: number): string =>
    `${tries(port)}bind [127.0.0.1]:${port}: Address already in use\n` +
    `channel_setup_fwd_listener_tcpip: cannot listen to port: ${port}\n` +
    `Could not request local forwarding.\n${ready}`;

  it('takes another port when somebody was faster', async () => {
    const { start, ports } = saying(taken, taken, listens);
    const tunnel = await openTunnel(profile, options(start));
    assert.equal(ports.length, 3);
    assert.deepEqual(tunnel.ports, [ports[2]]);
  });

  it('gives up when no port is had', async () => {
    const { start } = saying(...Array.from({ length: 9 }, () => taken));
    await assert.rejects(
      openTunnel(profile, options(start)),
      (error: unknown) => AppError.is(error, 'sshFailed') && error.details.reason === 'noPort',
    );
  });

  it('ports of others do not count', async () => {
    const { start, ports } = saying((port) => taken(1).replace(ready, '') + listens(port));
    await openTunnel(profile, options(start));
    assert.equal(ports.length, 1);
  });

  for (const [before, says] of [
    ['it listens', tries],
    ['the ssh of a server on the way is done', () => ready],
    ['it listens after a server on the way', (port: number) => ready + tries(port)],
  ] as const) {
    it(`is not done when ${before}`, () => waits(says));
  }

  async function waits(says: (port: number) => string): Promise<void> {
    const { start } = saying(says);
    const controller = new AbortController();
    const opening = openTunnel(profile, { ...options(start), signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await assert.rejects(opening, (error: unknown) => AppError.is(error, 'cancelled'));
  }

  it('ends ssh when it is called off', async () => {
    const controller = new AbortController();
    const { start } = saying(() => '');
    const opening = openTunnel(profile, { ...options(start), signal: controller.signal });
    setImmediate(() => controller.abort());
    await assert.rejects(opening, (error: unknown) => AppError.is(error, 'cancelled'));
  });

  it('says that there is no ssh', async () => {
    const { start } = saying();
    const inherited = { PATH: `${path.sep}nonexistent${path.delimiter}.` };
    await assert.rejects(
      openTunnel(profile, { ...options(start), inherited }),
      (error: unknown) => AppError.is(error, 'sshFailed') && error.details.reason === 'noProgram',
    );
  });
});

describe('what ssh says', () => {
  const cases: [text: string, cause: string][] = [
    ['Host key verification failed.', 'hostKeyUnknown'],
    [
      '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.',
      'hostKeyChanged',
    ],
    ['me@b: Permission denied (publickey,password).', 'denied'],
    ['Received disconnect from ::1 port 22:2: Too many authentication failures', 'denied'],
    ['ssh: Could not resolve hostname b: nodename nor servname provided', 'hostUnknown'],
    ['ssh: connect to host b port 22: Connection refused', 'unreachable'],
    ['ssh: connect to host b port 22: No route to host', 'unreachable'],
    ['ssh: connect to host b port 22: Operation timed out', 'tooSlow'],
    ['Connection timed out during banner exchange', 'tooSlow'],
    ['kex_exchange_identification: Connection closed by remote host', 'noSsh'],
    ['/home/me/.ssh/config: line 1: Bad configuration option: x', 'configuration'],
    ['Bad owner or permissions on /home/me/.ssh/config', 'configuration'],
    ['Permission denied to all who are not meant.', 'ended'],
    ['', 'ended'],
  ];
  for (const [text, cause] of cases) {
    it(JSON.stringify(text.slice(0, 60)), () => {
      const output = new SshOutput();
      output.write(Buffer.from(`OpenSSH_9.2p1\r\ndebug1: Permission denied (x)\r\n${text}\r\n`));
      assert.equal(output.cause(), cause);
      assert.ok(!output.text().includes('debug1'));
    });
  }
});
