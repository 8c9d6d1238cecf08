import assert from 'node:assert/strict';
import { decodeProfiles } from '../../../src/core/connections/decodeProfiles';
import { placeOf } from '../../../src/core/connections/dialledTarget';
import { buildConnection, describeTarget } from '../../../src/core/connections/libpq';
import { askpassScript } from '../../../src/core/connections/ssh/askpassScript';
import { passwordIn } from '../../../src/core/connections/ssh/passwordFile';
import { readSshRoute } from '../../../src/core/connections/ssh/readRoute';
import { describeRoute, routeArgs } from '../../../src/core/connections/ssh/sshRoute';
import { mayAsk, parseSshSettings } from '../../../src/core/connections/ssh/sshSettings';
import { farEndOf, tunnelArgs } from '../../../src/core/connections/ssh/tunnelArgs';
import { AppError } from '../../../src/core/errors';
import '../../support/connections/readUrls';

describe('ssh of a connection', () => {
  const read: [given: unknown, args: string[] | null, shown?: string][] = [
    ['bastion', ['--', 'bastion'], 'bastion'],
    ['deploy@bastion', ['-l', 'deploy', '--', 'bastion'], 'deploy@bastion'],
    ['bastion:2222', ['-p', '2222', '--', 'bastion'], 'bastion:2222'],
    [
      'ssh://deploy@b.example:2222/',
      ['-l', 'deploy', '-p', '2222', '--', 'b.example'],
      'deploy@b.example:2222',
    ],
    ['me@corp.example@bastion', ['-l', 'me@corp.example', '--', 'bastion']],
    ['10.0.0.1', ['--', '10.0.0.1']],
    ['fe80::1', ['--', 'fe80::1'], 'fe80::1'],
    ['[fe80::1]:22', ['-p', '22', '--', 'fe80::1'], '[fe80::1]:22'],
    ['büro', ['--', 'büro']],
    [
      { host: 'b', user: 'u', port: 22, jump: 'a@x:1,y' },
      ['-J', 'a@x:1,y', '-l', 'u', '-p', '22', '--', 'b'],
      'u@b:22',
    ],
    // What would become an option, a command of the configuration's shell, or is no name at all.
    ...[
      '-oProxyCommand=touch /tmp/x',
      '-W',
      '--',
      'u@-oProxyCommand=x',
      '-l@b',
      'b;id',
      'b`id`',
      'b$(id)',
      'b|id',
      'b id',
      'b\nid',
      "b'",
      'b\0',
      '%h',
      '',
      ' ',
      'b:0',
      'b:65536',
      'b:22x',
      '@b',
      'b@',
      'x'.repeat(256),
      5,
      [],
      ['b'],
      {},
      { host: '-F/tmp/x' },
      { host: 'b', user: '-oProxyCommand=x' },
      { host: 'b', user: 'a;b' },
      { host: 'b', jump: '-oProxyCommand=x' },
      { host: 'b', jump: 'a,-oProxyCommand=x' },
      { host: 'b', jump: 'a,' },
      { host: 'b', jump: 'none none' },
      { host: 'b', port: '22' },
      { host: 'b', proxyCommand: 'x' },
      { host: 'u@b', user: 'v' },
    ].map((given): [unknown, null] => [given, null]),
  ];
  for (const [given, args, shown] of read) {
    it(`${JSON.stringify(given)?.slice(0, 60)}: ${args === null ? 'refused' : args.join(' ')}`, () => {
      const route = readSshRoute(given);
      assert.deepEqual(route && routeArgs(route), args);
      if (route === null || shown === undefined) return;
      assert.equal(describeRoute(route), shown);
    });
  }

  it('what a workspace says of it is refused', () => {
    const entry = { id: 'x', host: 'db', ssh: 'bastion' };
    assert.deepEqual(decodeProfiles([entry], 'user').profiles[0]?.ssh, { host: 'bastion' });
    const { profiles, problems } = decodeProfiles([entry], 'workspace');
    assert.deepEqual([profiles, problems.map(({ problem }) => problem)], [[], ['sshInWorkspace']]);
  });

  it('it does not go with a service, stated or inherited', () => {
    const entry = { id: 'x', service: 's', ssh: 'bastion' };
    const { problems } = decodeProfiles([entry], 'user');
    assert.deepEqual(
      problems.map(({ problem }) => problem),
      ['sshBesideService'],
    );
    const profile = { id: 'x', source: 'user', ssh: { host: 'b' } } as const;
    assert.throws(
      () => describeTarget(profile, { PGSERVICE: 's' }),
      (error: unknown) => AppError.is(error, 'connectionInvalid'),
    );
  });

  it('a password that is kept is bound to it', () => {
    const profile = { id: 'x', host: 'db', source: 'user' } as const;
    const places = [undefined, { host: 'a' }, { host: 'b' }].map((ssh) =>
      placeOf(ssh === undefined ? profile : { ...profile, ssh }, { inherited: {} }),
    );
    assert.equal(new Set(places).size, 3);
  });

  const farEnds: [host: string, address: string, port: string, farEnd: string | null][] = [
    ['db', '', '', 'db:5432'],
    ['', '', '6432', 'localhost:6432'],
    ['db', '10.0.0.5', '', '10.0.0.5:5432'],
    ['::1', '', '', '[::1]:5432'],
    ['/run/postgresql', '', '5433', '/run/postgresql/.s.PGSQL.5433'],
    ['/run/%d', '', '', null],
    ['/run/${HOME}', '', '', null],
    ['@abstract', '', '', null],
    ['db:1:other', '', '', null],
    ['-db', '', '', null],
    ['d b', '', '', null],
    ['db', '', '5432:evil', null],
  ];
  for (const [host, address, port, farEnd] of farEnds) {
    it(`the far end of ${JSON.stringify([host, address, port])} is ${farEnd}`, () => {
      assert.equal(farEndOf({ host, address, port }), farEnd);
    });
  }

  it('only the loopback address is listened at, and nobody is asked', () => {
    const manner = { connectTimeoutSeconds: 9, asks: false };
    const args = tunnelArgs({ host: 'b' }, [{ localPort: 7, farEnd: 'db:5432' }], manner);
    assert.ok(args.includes('127.0.0.1:7:db:5432'));
    assert.deepEqual(args.slice(-2), ['--', 'b']);
    for (const option of [
      'BatchMode=yes',
      'ConnectTimeout=9',
      'ControlPath=none',
      'GatewayPorts=no',
    ]) {
      assert.ok(args.includes(option), option);
    }
  });
});

describe('an ssh that asks', () => {
  const argsOn = (platform: NodeJS.Platform): string[] =>
    tunnelArgs({ host: 'b' }, [], { connectTimeoutSeconds: 9, asks: true, platform });

  it('leaves the known hosts and the ways to log in to the configuration', () => {
    const args = argsOn('linux').join(' ');
    assert.doesNotMatch(args, /BatchMode|StrictHostKeyChecking|KbdInteractive/);
  });

  it('on Windows, takes no words of a server', () => {
    assert.ok(argsOn('win32').includes('KbdInteractiveAuthentication=no'));
  });

  const settings: [printed: string, traces: string, proxied: boolean, marks: boolean][] = [
    ['host b\nport 22\n', 'OpenSSH_9.2p1 Debian-2+deb12u6, OpenSSL 3.0.19\n', false, true],
    ['proxyjump a\n', 'OpenSSH_8.5p1\n', true, true],
    ['proxycommand nc a 22\n', 'OpenSSH_8.4p1\n', true, false],
    ['proxycommand none\n', 'OpenSSH_for_Windows_8.1p1, LibreSSL\r\n', false, false],
    ['permitlocalcommand no\n', 'OpenSSH_for_Windows_9.5p1\n', false, true],
    ['', 'OpenSSH_10.1p1\n', false, true],
    ['', 'unknown option -- G\n', false, false],
  ];
  for (const [printed, traces, proxied, marksPrompts] of settings) {
    it(`reads ${JSON.stringify(printed)}, ${JSON.stringify(traces)}`, () => {
      const read = parseSshSettings(printed, traces);
      assert.deepEqual(read, { proxied, marksPrompts });
      assert.equal(mayAsk(read, 'linux'), true);
      assert.equal(mayAsk(read, 'win32'), !proxied);
    });
  }

  const command = { node: "/a 'b'/node", program: '/x/100%.js', pipe: '/s' };
  it('is given a script that starts our program with the prompt alone', () => {
    assert.deepEqual(askpassScript(command, 'linux'), {
      name: 'ask',
      text: `#!/bin/sh
export ELECTRON_RUN_AS_NODE=1
unset NODE_OPTIONS
exec '/a '\\''b'\\''/node' '/x/100%.js' '/s' "$1"
`,
    });
    const { name, text } = askpassScript(command, 'win32');
    assert.equal(name, 'ask.cmd');
    assert.ok(text.endsWith(`"/a 'b'/node" "/x/100%%.js" "/s" %1\r\n`), text);
    assert.match(text, /^@echo off\r\nset ELECTRON_RUN_AS_NODE=1\r\nset NODE_OPTIONS=\r\n/);
  });
});

describe('a connection through a tunnel', () => {
  const input = { applicationName: 'x', inherited: {}, connectTimeoutSeconds: 5 };
  const nothing = (): undefined => undefined;
  const through = (profile: object, more: object = {}) => {
    const tunnel = { ports: [7001], findPassword: nothing };
    const entry = { id: 'x', source: 'user', ssh: { host: 'b' }, ...profile } as const;
    return buildConnection(entry, { ...input, tunnel, ...more });
  };

  it('keeps the name, and goes to its end', () => {
    const { args, env } = through({ host: 'db.example', port: 5433, sslMode: 'verify-full' });
    assert.deepEqual(args, ['--host=db.example', '--dbname=']);
    assert.deepEqual(
      [env['PGHOSTADDR'], env['PGPORT'], env['PGSSLMODE']],
      ['127.0.0.1', '7001', 'verify-full'],
    );
  });

  it('forgets the address, a socket and what is inherited of them', () => {
    const url = 'postgresql://db.example/shop?hostaddr=10.0.0.5';
    const inherited = { PGHOSTADDR: '10.0.0.6', PGPORT: '1' };
    for (const profile of [{ url }, { host: '/run/postgresql' }]) {
      const { args, env } = through(profile, { inherited });
      assert.ok(!args.join(' ').includes('10.0.0'), args.join(' '));
      assert.deepEqual([env['PGHOSTADDR'], env['PGPORT']], ['127.0.0.1', '7001']);
      assert.ok(!args.some((argument) => argument.includes('/run')));
    }
  });

  it('has an end for each of several hosts, and gives none the password of another', () => {
    const tunnel = { ports: [7001, 7002], findPassword: () => 'secret' };
    const { args, env } = through({ host: 'a,b' }, { tunnel });
    assert.equal(args[0], '--host=a,b');
    assert.deepEqual([env['PGHOSTADDR'], env['PGPORT']], ['127.0.0.1,127.0.0.1', '7001,7002']);
    assert.equal(env['PGPASSWORD'], undefined);
  });

  it('asks the password file by the real name, and only where no password is known', () => {
    const asked: unknown[] = [];
    const findPassword = (wanted: unknown): string => {
      asked.push(wanted);
      return 'from the file';
    };
    const tunnel = { ports: [7001], findPassword };
    const profile = { host: 'db', port: 5433, database: 'shop', user: 'me' };
    assert.equal(through(profile, { tunnel }).env['PGPASSWORD'], 'from the file');
    assert.deepEqual(asked, [{ host: 'db', port: '5433', database: 'shop', user: 'me' }]);
    assert.equal(through(profile, { tunnel, password: 'known' }).env['PGPASSWORD'], 'known');
  });

  it('is shown with its way', () => {
    const profile = { id: 'x', host: 'db', database: 'shop', ssh: { host: 'b', user: 'me' } };
    assert.equal(describeTarget(profile), 'db/shop (ssh me@b)');
  });
});

describe('a password file', () => {
  const wanted = { host: 'db', port: '5432', database: 'shop', user: 'me' };
  const cases: [line: string, password: string | undefined][] = [
    ['db:5432:shop:me:secret', 'secret'],
    ['*:*:*:*:any', 'any'],
    ['db:5432:*:me:a\\:b\\\\c', 'a:b\\c'],
    ['#db:5432:shop:me:no', undefined],
    ['db:5433:shop:me:no', undefined],
    ['d:5432:shop:me:no', undefined],
    ['db:5432:shop:me', undefined],
    ['', undefined],
    ['d\\b:5432:shop:me:escaped', 'escaped'],
    ['db:5432:shop:me:', ''],
  ];
  for (const [line, password] of cases) {
    it(JSON.stringify(line), () => assert.equal(passwordIn([line], wanted), password));
  }
  it('the first line that fits counts', () => {
    assert.equal(passwordIn(['x:*:*:*:0', '*:*:*:me:1', '*:*:*:*:2'], wanted), '1');
  });
});
