import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openTunnel, type Tunnel } from '../../../src/core/connections/openTunnel';
import type {
  SshAnswer,
  SshAnswers,
  SshLoginEnd,
  SshQuestion,
} from '../../../src/core/connections/ssh/sshAnswers';
import { readSshRoute } from '../../../src/core/connections/ssh/readRoute';
import { AppError } from '../../../src/core/errors';
import { spawnTool } from '../../../src/core/jobs/tool/toolProcess';
import { FormTunnels } from '../../../src/vscode/connections/formTunnels';
import { runs } from '../../support/hold/processState';
import { holdLock } from '../../support/machine/heldLock';
import { createSampleDatabase } from '../../support/machine/sampleDatabase';
import { SshServer } from '../../support/machine/sshServer';
import { newestServer } from '../../support/servers';
import { repoPaths } from '../../support/repoPaths';
import { until } from '../../support/until';
import { jobBackends, processesWith } from '../harness/jobHarness';
import { SupervisorHarness } from '../harness/supervisorHarness';

/** Answers in turn; after the last one, questions stay open until they are withdrawn. */
class Typed implements SshAnswers {
  readonly asked: SshQuestion[] = [];
  readonly withdrawn: SshQuestion[] = [];
  readonly ends: SshLoginEnd[] = [];
  readonly unasked: SshAnswers = { answer: async () => 'nobody', ended: () => undefined };

  constructor(private readonly texts: readonly string[]) {}

  answer(_profile: unknown, question: SshQuestion, signal: AbortSignal): Promise<SshAnswer> {
    const id = this.asked.push(question);
    const text = this.texts[id - 1];
    if (text === 'cancelled' || text === 'nobody') return Promise.resolve(text);
    if (text !== undefined) return Promise.resolve({ text, id });
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        this.withdrawn.push(question);
        resolve('cancelled');
      });
    });
  }

  ended(_profile: unknown, end: SshLoginEnd): void {
    this.ends.push(end);
  }

  /** What was asked, in short. */
  get questions(): string[] {
    return this.asked.map((each) => {
      if (each.kind !== 'secret') return each.kind;
      return `${each.secret}${each.refused === null ? '' : ` after ${each.refused}`}`;
    });
  }

  get worked(): string[] {
    return this.ends.flatMap(({ worked }) => worked.map(({ secret }) => secret));
  }
}

describe('what ssh asks', () => {
  const server = newestServer();
  const askpass = path.join(repoPaths.root, 'dist/askpass.js');
  const temporaryBefore = process.env['TMPDIR'];
  const pathBefore = process.env['PATH'];
  let ssh: SshServer;
  let temporary: string;

  before(async () => {
    ssh = await SshServer.start();
    temporary = mkdtempSync(path.join(os.tmpdir(), 'pg-ask-'));
    process.env['TMPDIR'] = temporary;
  });

  after(async () => {
    process.env['PATH'] = pathBefore;
    if (temporaryBefore === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = temporaryBefore;
    await rm(temporary, { recursive: true, force: true });
    await ssh?.stop();
  });

  afterEach(async () => {
    await until(() => processesWith(ssh.file('config')).length === 0, 'no ssh is left');
    await until(() => processesWith(askpass).length === 0, 'nothing asks');
    assert.deepEqual(foldersOfQuestions(), []);
  });

  /** Of sockets and scripts. */
  function foldersOfQuestions(): string[] {
    return readdirSync(temporary).filter((name) => name.startsWith('pgbackup-ask-'));
  }

  function open(through: unknown, answers: SshAnswers, signal?: AbortSignal): Promise<Tunnel> {
    const route = readSshRoute(through);
    assert.ok(route);
    return openTunnel(
      { id: 'x', host: 'localhost', port: server.port, source: 'user', ssh: route },
      {
        ...{ inherited: { PATH: ssh.binDir, HOME: ssh.dir }, connectTimeoutSeconds: 10, signal },
        start: spawnTool,
        prompts: { answers, program: askpass },
      },
    );
  }

  async function opens(through: unknown, typed: Typed): Promise<void> {
    const tunnel = await open(through, typed);
    // Nothing of the questions stays once the login is done.
    assert.deepEqual(foldersOfQuestions(), []);
    await tunnel.close();
    assert.equal(typed.ends.length, 1);
  }

  async function fails(through: unknown, typed: Typed): Promise<AppError<'sshFailed'>['details']> {
    const error: unknown = await open(through, typed).catch((reason: unknown) => reason);
    assert.ok(AppError.is(error, 'sshFailed'), String(error));
    assert.deepEqual(typed.worked, []);
    return error.details;
  }

  it('the passphrase of a key, again when it was wrong', async () => {
    const typed = new Typed(['wrong', ssh.passphrase]);
    await opens('locked', typed);
    assert.deepEqual(typed.questions, ['passphrase', 'passphrase after 1']);
    assert.deepEqual(typed.worked, ['passphrase']);
    const [first] = typed.asked;
    assert.ok(first?.kind === 'secret');
    assert.equal(first.whose, ssh.file('locked'));
  });

  it('a password, again with what ssh said', async () => {
    const typed = new Typed(['wrong', ssh.password]);
    await opens('secret', typed);
    assert.deepEqual(typed.questions, ['password', 'password after 1']);
    assert.deepEqual(typed.worked, ['password']);
    const [first, second] = typed.asked;
    assert.ok(first?.kind === 'secret' && second?.kind === 'secret');
    assert.equal(first.whose, `${ssh.user}@127.0.0.1`);
    assert.deepEqual([first.said, second.said], ['', 'Permission denied, please try again.']);
  });

  it('three times at most', async () => {
    const typed = new Typed(['wrong', 'wrong', 'wrong', 'wrong']);
    assert.equal((await fails('locked', typed)).reason, 'denied');
    assert.equal(typed.asked.length, 3);
    assert.equal(typed.ends[0]?.unproven.length, 1);
  });

  it('of a server on the way, for itself', async () => {
    const typed = new Typed([ssh.passphrase, ssh.passphrase]);
    await opens({ host: 'locked', jump: 'locked' }, typed);
    assert.deepEqual(typed.questions, ['passphrase', 'passphrase']);
    assert.deepEqual(typed.worked, ['passphrase', 'passphrase']);
  });

  for (const [answer, reason, hostKey] of [
    ['cancelled', 'promptCancelled', 'hostKeyDeclined'],
    ['nobody', 'nobodyToAsk', 'hostKeyUnknown'],
  ] as const) {
    it(`and gives up when the answer is ${answer}`, async () => {
      assert.equal((await fails('secret', new Typed(['wrong', answer]))).reason, reason);
      const details = await fails('unknown', new Typed([answer]));
      assert.equal(details.reason, hostKey);
      assert.ok(details.hostKey?.includes(await ssh.fingerprint()), String(details.hostKey));
      assert.equal(await readFile(ssh.file('empty_hosts'), 'utf8'), '');
    });
  }

  it('whether an unknown key is trusted, and remembers that itself', async () => {
    try {
      const typed = new Typed(['yes']);
      await opens('unknown', typed);
      const [key] = typed.asked;
      assert.ok(key?.kind === 'hostKey');
      const { host, port, keyType, fingerprint } = key;
      assert.deepEqual(
        { host, port, keyType, fingerprint },
        {
          ...{ host: '127.0.0.1', port: String(ssh.port), keyType: 'ED25519' },
          fingerprint: await ssh.fingerprint(),
        },
      );
      assert.match(await readFile(ssh.file('empty_hosts'), 'utf8'), /ssh-ed25519 /);
      const again = new Typed([]);
      await opens('unknown', again);
      assert.deepEqual(again.questions, []);
    } finally {
      await writeFile(ssh.file('empty_hosts'), '');
    }
  });

  for (const name of ['changed', 'careless']) {
    it(`nothing, where the key is another one than is known (${name})`, async () => {
      const typed = new Typed(['yes']);
      const details = await fails(name, typed);
      assert.equal(details.reason, 'hostKeyChanged');
      assert.equal(details.knownKey, `${ssh.file('other_hosts')}:1`);
      assert.deepEqual(typed.questions, []);
    });
  }

  it('is withdrawn when the login is called off', async () => {
    const typed = new Typed([]);
    const controller = new AbortController();
    const opening = open('locked', typed, controller.signal);
    await until(() => typed.asked.length === 1, 'the passphrase is asked for');
    controller.abort();
    await assert.rejects(opening, (error: unknown) => AppError.is(error, 'cancelled'));
    await until(() => typed.withdrawn.length === 1, 'the question is withdrawn');
  });

  it('once for the forms of a window, and no longer than one of them waits', async () => {
    const typed = new Typed([ssh.passphrase]);
    const tunnels = new FormTunnels({
      ...{ guardScript: path.join(repoPaths.root, 'dist/guard.js'), askpassProgram: askpass },
      ...{ answers: typed, connectTimeoutSeconds: () => 10 },
    });
    const { port } = server;
    const profile = { ...{ id: 'form', host: 'localhost', port }, ssh: { host: 'locked' } };
    const use = (how: object, which = profile): Promise<unknown> =>
      tunnels.use(which, async (tunnel) => tunnel?.ports[0], how);
    process.env['PATH'] = ssh.binDir;
    try {
      const unasked = assert.rejects(use({ mayAsk: false }), (error: unknown) =>
        AppError.is(error, 'sshFailed'),
      );
      const [first, second] = await Promise.all([use({}), use({})]);
      assert.equal(first, second);
      await unasked;
      assert.deepEqual(typed.questions, ['passphrase']);
      const controller = new AbortController();
      const left = use({ signal: controller.signal }, { ...profile, ssh: { host: 'secret' } });
      await until(() => typed.asked.length === 2, 'the password is asked for');
      controller.abort();
      await assert.rejects(left);
      await until(() => typed.withdrawn.length === 1, 'the question is withdrawn');
    } finally {
      process.env['PATH'] = pathBefore;
      tunnels.dispose();
    }
  });

  describe('for a job', () => {
    const database = 'ssh_prompts';
    let harness: SupervisorHarness;

    before(async () => {
      await createSampleDatabase(server, database, 'tiny');
      harness = await SupervisorHarness.create(server, database);
      const main = harness.setup.profiles[0] ?? { id: 'main' };
      harness.setup.profiles[0] = { ...main, host: 'localhost', ssh: { host: 'locked' } };
      harness.setup.inherited = { PATH: ssh.binDir };
    });

    after(() => harness?.dispose());

    it('the window that started it answers; then the tunnel outlives it, and ends with the job', async () => {
      const lock = await holdLock(server, database, 'LOCK TABLE app.orders;');
      const window = await harness.window({ sshTyped: ['wrong', ssh.passphrase] });
      const id = window.startBackup({ outputPath: harness.path('asked.dump') });
      try {
        await until(
          async () => (await jobBackends(server)).some((query) => /LOCK TABLE/.test(query)),
          'the dump waits for the lock',
        );
        await until(() => window.asked.length >= 3, 'the window hears that it worked');
        assert.deepEqual(window.asked.slice(0, 3), [
          'main ssh passphrase',
          'main ssh passphrase',
          'main ssh passphrase worked',
        ]);
        window.kill();
        await until(() => window.process.signalCode !== null, 'the window is gone');
      } finally {
        await lock.release();
      }
      await until(async () => (await harness.stored(id)).job.status === 'completed', 'it is made');
      await harness.nothingIsLeft(id, server);
      const files = harness.filesBelow(harness.setup.storeDir);
      const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
      assert.ok(texts.every((text) => !text.includes(ssh.passphrase)));
    });

    it('it fails, and says why, when that window is killed', async () => {
      const window = await harness.window();
      const id = window.startBackup({ outputPath: harness.path('alone.dump') });
      await until(() => window.asked.length === 1, 'the passphrase is asked for');
      window.kill();
      await until(async () => (await harness.stored(id)).job.status === 'failed', 'it fails');
      const { failure } = (await harness.stored(id)).job;
      assert.equal(failure?.code, 'sshFailed');
      assert.equal((failure.details as { reason: string }).reason, 'nobodyToAsk');
      await harness.nothingIsLeft(id, server);
    });

    it('nothing is left when its supervisor is killed meanwhile', async () => {
      const window = await harness.window();
      const id = window.startBackup({ outputPath: harness.path('killed.dump') });
      await until(() => window.asked.length === 1, 'the passphrase is asked for');
      const { owner, tools } = await harness.stored(id);
      assert.equal(tools.length, 1, 'ssh is in the record');
      process.kill(owner.pid, 'SIGKILL');
      await until(() => tools.every(({ pid }) => !runs(pid)), 'ssh ends');
      await until(() => foldersOfQuestions().length === 0, 'the folder is removed');
    });
  });
});
