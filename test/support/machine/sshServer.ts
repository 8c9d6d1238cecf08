import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { freePort } from './freePort';
import { until } from '../until';
import { ensureLibrary, ensurePrograms } from '../install/extraPrograms';
import { run } from './run';
import { serverUser } from './serverUser';

const OPENSSH = {
  name: 'openssh',
  packages: ['openssh-server', 'openssh-client'],
  programs: ['usr/bin/ssh', 'usr/bin/ssh-keygen', 'usr/sbin/sshd'],
} as const;

/** What the user types, and as the system would keep it. */
const PASSWORD = {
  text: 'open, sesame',
  hash: '$6$tunnel$XsU99cLYNXIvAbNTZUzejitbg1PKv8/EyluTRgeUxgtRClUjH7BR6BIUB.Tm8se0ijMHCPmmfdk4EdsfqGw/j/',
};
const PASSPHRASE = 'a passphrase';
/** Before a login; not all of it is what it seems. */
const BANNER = `Welcome.
Permission denied to all who are not meant.
Enter passphrase for key '/etc/passwd':
root@bank's password:
`;

/** A real sshd that lets one user in by key or password, and a client that is configured for it. */
export class SshServer {
  private constructor(
    readonly dir: string,
    readonly port: number,
    readonly user: string,
    private readonly keygen: string,
    private readonly process: ChildProcess,
  ) {}

  /**
   * Names of the client's configuration: `known`, `unknown` and `changed` by what is known of the
   * server's key, and `careless` is like `changed` but does not mind; `keyless` has no key, `locked`
   * one with a passphrase, also `new-and-locked`, whose server is unknown at first; `secret` takes a password, `confined` has a key that may not forward,
   * `nowhere` no address, `ports` many other settings that a user may have.
   */
  static async start(): Promise<SshServer> {
    const [client = '', keygen = '', sshd = ''] = await ensurePrograms(OPENSSH);
    const dir = await mkdtemp(path.join(tmpdir(), 'pg-ssh-'));
    await chmod(dir, 0o755);
    const owner = serverUser();
    const user = owner === undefined ? userInfo().username : await nameOf(owner.uid);
    const port = await freePort();
    const at = (name: string): string => path.join(dir, name);
    const makeKey = (name: string, passphrase = ''): Promise<unknown> =>
      run(keygen, ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', at(name)]);
    for (const name of ['host', 'other', 'user', 'confined', 'stranger']) await makeKey(name);
    await makeKey('locked', PASSPHRASE);
    const publicKey = (name: string): Promise<string> => readFile(at(`${name}.pub`), 'utf8');
    const keys = [
      await publicKey('user'),
      await publicKey('locked'),
      `restrict ${await publicKey('confined')}`,
    ];
    await writeFile(at('authorized'), keys.join(''));
    await writeFile(at('banner'), BANNER);
    const { uid, gid } = owner ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const account = `${user}:${PASSWORD.hash}:${uid}:${gid}::${dir}:/bin/sh\n`;
    await writeFile(at('passwd'), account);
    await writeFile(at('sshd_config'), serverConfig(dir, port));
    const knownAs = async (name: string, key: string): Promise<void> =>
      writeFile(at(name), `[127.0.0.1]:${port} ${await publicKey(key)}`);
    await Promise.all([knownAs('known_hosts', 'host'), knownAs('other_hosts', 'other')]);
    await writeFile(at('empty_hosts'), '');
    await writeFile(at('config'), clientConfig(dir, port, user));
    // A wrapper named `ssh`, as a user could have in PATH.
    await mkdir(at('bin'));
    await writeFile(at('bin/ssh'), `#!/bin/sh\nexec '${client}' -F '${at('config')}' "$@"\n`);
    await chmod(at('bin/ssh'), 0o755);
    if (owner !== undefined) await chown(at('host'), owner.uid, owner.gid);
    const child = spawn(sshd, ['-D', '-e', '-f', at('sshd_config')], {
      stdio: 'ignore',
      // An ordinary user's sshd cannot read the system's passwords: it is given others.
      env: {
        PATH: process.env['PATH'],
        LD_PRELOAD: await ensureLibrary('libnss-wrapper', 'libnss_wrapper.so'),
        NSS_WRAPPER_PASSWD: at('passwd'),
        NSS_WRAPPER_GROUP: '/etc/group',
      },
      ...(owner === undefined ? {} : { uid: owner.uid, gid: owner.gid }),
    });
    await until(() => answers(port), 'sshd listens');
    return new SshServer(dir, port, user, keygen, child);
  }

  /** What opens the key of `locked`. */
  readonly passphrase = PASSPHRASE;
  /** What `secret` takes. */
  readonly password = PASSWORD.text;

  /** Directory with the configured `ssh`, for PATH. */
  get binDir(): string {
    return path.join(this.dir, 'bin');
  }

  file(name: string): string {
    return path.join(this.dir, name);
  }

  /** The server key's fingerprint, as `ssh-keygen -l` prints it. */
  async fingerprint(): Promise<string> {
    const line = await run(this.keygen, ['-l', '-f', this.file('host.pub')]);
    return line.split(' ')[1] ?? '';
  }

  async stop(): Promise<void> {
    this.process.kill('SIGKILL');
    await rm(this.dir, { recursive: true, force: true });
  }
}

function serverConfig(dir: string, port: number): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${dir}/host`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    `AuthorizedKeysFile ${dir}/authorized`,
    'PasswordAuthentication yes',
    'KbdInteractiveAuthentication no',
    `Banner ${dir}/banner`,
    'MaxStartups 100',
    '',
  ].join('\n');
}

function clientConfig(dir: string, port: number, user: string): string {
  const host = (
    name: string,
    { hosts = 'known_hosts', key = 'user', more = [] }: HostConfig,
  ): string =>
    [
      `Host ${name}`,
      `UserKnownHostsFile ${dir}/${hosts}`,
      `IdentityFile ${dir}/${key}`,
      ...more,
      '',
    ].join('\n  ');
  const login = [
    `Host *`,
    `HostName 127.0.0.1`,
    `Port ${port}`,
    `User ${user}`,
    `UserKnownHostsFile ${dir}/empty_hosts`,
  ];
  return [
    host('known', {}),
    host('unknown', { hosts: 'empty_hosts' }),
    host('changed', { hosts: 'other_hosts' }),
    host('keyless', { key: 'stranger' }),
    host('careless', { hosts: 'other_hosts', more: ['StrictHostKeyChecking no'] }),
    host('locked', { key: 'locked' }),
    host('new-and-locked', { hosts: 'new_hosts', key: 'locked' }),
    host('secret', { more: ['PreferredAuthentications password'] }),
    host('confined', { key: 'confined' }),
    host('nowhere', { more: ['HostName nowhere.invalid'] }),
    host('ports', {
      more: [
        // A port below 1024, at which an ordinary user cannot listen.
        'LocalForward 127.0.0.1:1 127.0.0.1:1',
        'GatewayPorts yes',
        'ControlMaster auto',
        `ControlPath ${dir}/master`,
        'ControlPersist yes',
        'RemoteCommand touch /nonexistent',
        'RequestTTY force',
      ],
    }),
    [
      ...[...login, 'IdentitiesOnly yes', 'GlobalKnownHostsFile /dev/null'],
      ...['PreferredAuthentications publickey', ''],
    ].join('\n  '),
  ].join('\n');
}

interface HostConfig {
  hosts?: string;
  key?: string;
  more?: string[];
}

async function nameOf(uid: number): Promise<string> {
  const accounts = await readFile('/etc/passwd', 'utf8');
  return (
    accounts
      .split('\n')
      .find((line) => line.split(':')[2] === String(uid))
      ?.split(':')[0] ?? ''
  );
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
  });
}
