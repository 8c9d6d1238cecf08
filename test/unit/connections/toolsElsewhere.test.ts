import assert from 'node:assert/strict';
import { decodeProfiles } from '../../../src/core/connections/decodeProfiles';
import { buildConnection } from '../../../src/core/connections/libpq';
import { readToolsElsewhere } from '../../../src/core/connections/toolsElsewhere';
import { AppError } from '../../../src/core/errors';
import '../../support/connections/readUrls';

describe('tools of a connection that are elsewhere', () => {
  const read: [given: unknown, read: ReturnType<typeof readToolsElsewhere>][] = [
    [{ container: 'db' }, { container: 'db' }],
    [
      { container: 'shop-db_1.x', by: 'podman' },
      { container: 'shop-db_1.x', by: 'podman' },
    ],
    [{ image: 'postgres:17' }, { image: 'postgres:17' }],
    [
      { image: 'registry.example:5000/team/pg@sha256:' + 'a'.repeat(64), by: 'docker' },
      { image: 'registry.example:5000/team/pg@sha256:' + 'a'.repeat(64), by: 'docker' },
    ],
    [{ wsl: 'Ubuntu-22.04' }, { wsl: 'Ubuntu-22.04' }],
    // What would become an option, a command, several words, a path, or is no name at all.
    ...[
      '--privileged',
      '-v/:/host',
      "db'",
      'db"',
      'db;id',
      'db`id`',
      'db$(id)',
      'db id',
      'db\nid',
      'db\0',
      'db:/bin/sh',
      '../db',
      '',
      'x'.repeat(129),
      5,
      null,
    ].flatMap((name): [unknown, null][] => [
      [{ container: name }, null],
      [{ wsl: name }, null],
    ]),
    ...['--privileged', '-v', 'a b', 'a;b', '', 'a\0', "a'"].map((name): [unknown, null] => [
      { image: name },
      null,
    ]),
    [{ container: 'db', by: '/tmp/docker' }, null],
    [{ container: 'db', by: 'docker --privileged' }, null],
    [{ container: 'db', image: 'postgres:17' }, null],
    [{ container: 'db', args: ['--privileged'] }, null],
    [{ wsl: 'Ubuntu', by: 'docker' }, null],
    ['db', null],
    [['db'], null],
    [{}, null],
  ];
  for (const [given, expected] of read) {
    it(`${expected === null ? 'refuses' : 'takes'} ${JSON.stringify(given)}`, () => {
      assert.deepEqual(readToolsElsewhere(given), expected);
    });
  }

  const entry = { id: 'x', host: '127.0.0.1', port: 5433, tools: { container: 'db' } };

  it('is taken from user settings only', () => {
    assert.deepEqual(decodeProfiles([entry], 'user').profiles[0]?.tools, { container: 'db' });
    const { profiles, problems } = decodeProfiles([entry], 'workspace');
    assert.deepEqual(
      [profiles, problems.map(({ problem, field }) => [problem, field])],
      [[], [['toolsInWorkspace', 'tools']]],
    );
  });

  for (const beside of [
    { ssh: 'bastion' },
    { service: 'shop', host: undefined },
    { sslRootCert: '/etc/ca.pem' },
    { sslCert: '/etc/me.pem' },
    { sslKey: '/etc/me.key' },
    { host: undefined, port: undefined, url: 'postgresql://h/d?sslrootcert=/etc/ca.pem' },
  ]) {
    it(`cannot have ${Object.keys(beside).at(-1)} of this machine`, () => {
      const { problems } = decodeProfiles([{ ...entry, ...beside }], 'user');
      assert.deepEqual(
        problems.map(({ problem }) => problem),
        ['besideTools'],
      );
    });
  }

  it('cannot have a service of the environment either', () => {
    const profile = { id: 'x', tools: { container: 'db' } };
    const input = { applicationName: 'a', inherited: { PGSERVICE: 's' }, connectTimeoutSeconds: 5 };
    assert.throws(
      () => buildConnection(profile, input),
      (error) => AppError.is(error, 'connectionInvalid'),
    );
  });

  it('dials the server where it is for them, with the password that its outer address has', () => {
    const asked: unknown[] = [];
    const { args, env } = buildConnection(
      { ...entry, tools: { container: 'db' }, user: 'me', database: 'shop' },
      {
        applicationName: 'a',
        inherited: { PGHOSTADDR: '10.0.0.1', PGHOST: 'elsewhere' },
        connectTimeoutSeconds: 5,
        inside: {
          dial: { host: '127.0.0.1', port: 5432 },
          findPassword: (wanted) => {
            asked.push(wanted);
            return 'found';
          },
        },
      },
    );
    assert.deepEqual(args, ['--host=127.0.0.1', '--port=5432', '--username=me', '--dbname=shop']);
    assert.deepEqual(asked, [{ host: '127.0.0.1', port: '5433', database: 'shop', user: 'me' }]);
    assert.equal(env['PGPASSWORD'], 'found');
    assert.deepEqual(
      [env['PGHOST'], env['PGHOSTADDR'], env['PGPORT']],
      [undefined, undefined, undefined],
    );
  });
});
