import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import path from 'node:path';
import {
  buildConnection,
  databaseBefore,
  describeTarget,
  type ConnectionInput,
} from '../../../src/core/connections/libpq';
import type { ConnectionProfile } from '../../../src/core/model/profile';
import '../../support/connections/readUrls';

type Profile = Omit<ConnectionProfile, 'id'>;

const base: ConnectionInput = {
  applicationName: 'pgbk-1',
  inherited: {},
  connectTimeoutSeconds: 10,
  platform: 'linux',
};

function build(profile: Profile, input: Partial<ConnectionInput> = {}) {
  return buildConnection({ id: 'a', source: 'user', ...profile }, { ...base, ...input });
}

describe('buildConnection: arguments', () => {
  const cases: [name: string, profile: Profile, args: string[]][] = [
    ['nothing stated', {}, ['--dbname=']],
    [
      'everything stated',
      { host: 'h', port: 1, user: 'u', database: 'd' },
      ['--host=h', '--port=1', '--username=u', '--dbname=d'],
    ],
    ['leading dashes', { user: '-u', database: '-d' }, ['--username=-u', '--dbname=-d']],
    [
      'spaces, quotes and unicode',
      { user: `a 'b' "c" é`, database: `x 'y' "z" ☃ \\` },
      [`--username=a 'b' "c" é`, `--dbname=x 'y' "z" ☃ \\`],
    ],
    ['a name with =', { database: 'a=b' }, [`--dbname=dbname='a=b'`]],
    [
      'an empty value before =',
      { database: `host=evil '\\` },
      [`--dbname=dbname='host=evil \\'\\\\'`],
    ],
    ['a name like a URI', { database: 'postgres://x' }, [`--dbname=dbname='postgres://x'`]],
    [
      'a name like the other URI',
      { database: 'postgresql://x' },
      [`--dbname=dbname='postgresql://x'`],
    ],
    [
      'a user like a URI',
      { user: 'postgres://u = x' },
      ['--username=postgres://u = x', '--dbname='],
    ],
    [
      'a URL',
      { url: 'postgresql://u@[::1]:5/d?keepalives=0&connect_timeout=3' },
      [
        '--host=::1',
        '--port=5',
        '--username=u',
        `--dbname=dbname='d' keepalives='0' connect_timeout='3'`,
      ],
    ],
    [
      'a URL, fields in its gaps',
      { url: 'postgresql://h', database: 'd', port: 7 },
      ['--host=h', '--port=7', '--dbname=d'],
    ],
    [
      'a service: what a service file could override goes as connection info',
      { service: 's', sslMode: 'require', user: 'u' },
      ['--username=u', `--dbname=sslmode='require' application_name='pgbk-1'`],
    ],
  ];
  for (const [name, profile, args] of cases) {
    it(name, () => assert.deepEqual(build(profile).args, args));
  }

  it('takes another database with fields, URL and service', () => {
    const input = { database: `other = 'x'` };
    const quoted = `dbname='other = \\'x\\''`;
    assert.deepEqual(build({ database: 'd' }, input).args, [`--dbname=${quoted}`]);
    assert.deepEqual(build({ url: 'postgresql:///d' }, input).args, [`--dbname=${quoted}`]);
    assert.deepEqual(build({ service: 's' }, input).args, [
      `--dbname=${quoted} application_name='pgbk-1'`,
    ]);
  });

  it('gives pg_dumpall connection strings only', () => {
    assert.deepEqual(build({ host: 'h' }).dumpallArgs, ['--host=h']);
    assert.deepEqual(build({ database: 'd' }).dumpallArgs, [`--dbname=dbname='d'`]);
  });

  it('keeps the password out of the arguments', () => {
    for (const profile of [{}, { service: 's' }, { url: 'postgresql://h' }]) {
      const { args, dumpallArgs, env } = build(profile, { password: 'hush' });
      assert.ok(![...args, ...dumpallArgs].join(' ').includes('hush'));
      assert.equal(env['PGPASSWORD'], 'hush');
    }
  });

  it('reduces the application name to what a server keeps of it', () => {
    const env = build({}, { applicationName: `é${'x'.repeat(80)}` }).env;
    assert.equal(env['PGAPPNAME'], `?${'x'.repeat(62)}`);
  });
});

describe('buildConnection: environment', () => {
  /** What becomes of one inherited variable. */
  function kept(name: string, profile: Profile, input: Partial<ConnectionInput> = {}) {
    return build(profile, { inherited: { [name]: 'inherited' }, ...input }).env[name];
  }
  const server = { host: 'h' };
  const cases: [variable: string, profile: Profile, expected: string | undefined][] = [
    ['PGHOST', {}, 'inherited'],
    ['PGHOST', server, 'inherited'],
    ['PGPORT', server, 'inherited'],
    ['PGUSER', server, 'inherited'],
    ['PGDATABASE', server, 'inherited'],
    ['PGHOSTADDR', {}, 'inherited'],
    ['PGHOSTADDR', { port: 1, database: 'd' }, 'inherited'],
    ['PGHOSTADDR', server, undefined],
    ['PGHOSTADDR', { url: 'postgresql://h' }, undefined],
    ['PGHOSTADDR', { url: 'postgresql:///d?hostaddr=1.2.3.4' }, undefined],
    ['PGHOSTADDR', { service: 's' }, undefined],
    ['PGSERVICE', {}, 'inherited'],
    ['PGSERVICE', { database: 'd', user: 'u' }, 'inherited'],
    ['PGSERVICE', { port: 1 }, undefined],
    ['PGSERVICE', server, undefined],
    ['PGSERVICE', { url: 'postgresql://h' }, undefined],
    ['PGSERVICE', { service: 's' }, 's'],
    ['PGSERVICEFILE', { service: 's' }, 'inherited'],
    ['PGSYSCONFDIR', {}, 'inherited'],
    ['PGOPTIONS', {}, undefined],
    ['PGTARGETSESSIONATTRS', {}, 'inherited'],
    ['PGTARGETSESSIONATTRS', server, undefined],
    ['PGTARGETSESSIONATTRS', { service: 's' }, undefined],
    ['PGLOADBALANCEHOSTS', server, undefined],
    ['PGSSLMODE', {}, 'inherited'],
    ['PGSSLMODE', { sslMode: 'require' }, 'require'],
    ['PGSSLMODE', { url: 'postgresql://h?sslmode=disable' }, 'disable'],
    ['PGREQUIRESSL', { sslMode: 'disable' }, undefined],
    ['PGGSSENCMODE', {}, 'inherited'],
    ['PGGSSENCMODE', { sslMode: 'require' }, undefined],
    ['PGSSLNEGOTIATION', { sslMode: 'require' }, 'inherited'],
    ['PGSSLNEGOTIATION', { sslMode: 'prefer' }, undefined],
    ['PGSSLROOTCERT', {}, 'inherited'],
    ['PGSSLROOTCERT', { sslRootCert: '~/r' }, path.join(homedir(), 'r')],
    ['PGSSLCERT', { sslCert: '/c' }, '/c'],
    ['PGSSLKEY', { sslKey: '/k' }, '/k'],
    ['PGREQUIREAUTH', server, 'inherited'],
    ['PGCHANNELBINDING', server, 'inherited'],
    ['PGHOST', { url: 'postgresql:///d?hostaddr=1.2.3.4' }, undefined],
    ['PGPASSFILE', server, 'inherited'],
    ['PGAPPNAME', {}, 'pgbk-1'],
    ['PGCONNECT_TIMEOUT', {}, '10'],
    ['PGCLIENTENCODING', {}, undefined],
    ['PGDATESTYLE', {}, undefined],
    ['PGTZ', {}, undefined],
    ['PGGEQO', {}, undefined],
    ['PGDATA', {}, undefined],
    ['PGINVENTEDLATER', {}, undefined],
    ['PG_COLOR', {}, undefined],
    ['PSQLRC', {}, undefined],
    ['PSQL_PAGER', {}, undefined],
    ['LC_ALL', {}, undefined],
    ['LANGUAGE', {}, undefined],
    ['LC_MESSAGES', {}, 'C'],
    ['LANG', {}, 'inherited'],
    ['PATH', {}, 'inherited'],
    ['HOME', {}, 'inherited'],
    ['SystemRoot', {}, 'inherited'],
    ['APPDATA', {}, 'inherited'],
    ['PAGER', {}, 'inherited'],
  ];
  for (const [variable, profile, expected] of cases) {
    it(`${variable} under ${JSON.stringify(profile)}: ${expected ?? 'dropped'}`, () => {
      assert.equal(kept(variable, profile), expected);
    });
  }

  it('takes an inherited password only when none is stored', () => {
    assert.equal(kept('PGPASSWORD', {}, { password: 'stored' }), 'stored');
  });

  it('ignores empty variables, which libpq would take for values', () => {
    const { env } = build({}, { inherited: { PGHOST: '', PGSERVICE: '', PGSSLMODE: '' } });
    for (const name of ['PGHOST', 'PGSERVICE', 'PGSSLMODE']) assert.ok(!(name in env), name);
  });

  it('drops a list of ports that belongs to another list of hosts', () => {
    const inherited = { PGPORT: '1,2', PGHOST: 'a,b' };
    assert.equal(build({ host: 'h' }, { inherited }).env['PGPORT'], undefined);
    assert.equal(build({}, { inherited }).env['PGPORT'], '1,2');
  });

  it('states TLS as connection info too where an inherited service takes part', () => {
    const { args, env } = build({ sslMode: 'require' }, { inherited: { PGSERVICE: 's' } });
    assert.equal(env['PGSERVICE'], 's');
    assert.deepEqual(args, [`--dbname=sslmode='require' application_name='pgbk-1'`]);
  });

  it('moves the characters of LC_ALL to LC_CTYPE', () => {
    const { env } = build({}, { inherited: { LC_ALL: 'de_DE.UTF-8', LC_CTYPE: 'C' } });
    assert.equal(env['LC_CTYPE'], 'de_DE.UTF-8');
  });

  it('does not tell upper from lower case on Windows', () => {
    const inherited = { pgHostAddr: '10.0.0.1', Path: 'C:\\x', pghost: 'other' };
    const { env } = build({ host: 'h' }, { inherited, platform: 'win32' });
    assert.equal(env['PGHOSTADDR'], undefined);
    assert.equal(env['pgHostAddr'], undefined);
    assert.equal(env['PGHOST'], 'other');
    assert.equal(env['Path'], 'C:\\x');
  });
});

describe('describeTarget', () => {
  const cases: [profile: Profile, inherited: Record<string, string>, text: string][] = [
    [{}, {}, '[local]'],
    [{ database: 'd' }, {}, '[local]/d'],
    [{ host: 'h', port: 5, database: 'd', user: 'u' }, {}, 'h:5/d'],
    [{ host: '::1', port: 5 }, {}, '[::1]:5'],
    [{ host: '/tmp', database: 'd' }, {}, '/tmp/d'],
    [{ host: 'h' }, { PGPORT: '6', PGDATABASE: 'e', PGHOST: 'x' }, 'h:6/e'],
    [{}, { PGHOST: 'x' }, 'x'],
    [{}, { PGHOSTADDR: '1.2.3.4' }, '1.2.3.4'],
    [{ host: 'h' }, { PGHOSTADDR: '1.2.3.4', PGSERVICE: 's' }, 'h'],
    [{ service: 's' }, {}, 'service=s'],
    [{ service: 's', database: 'd' }, { PGHOST: 'x' }, 'service=s dbname=d'],
    [{ database: 'd' }, { PGSERVICE: 's' }, 'service=s dbname=d'],
    [{ url: 'postgresql://u@a:1,[::1]:2/d?sslmode=require' }, {}, 'a:1,[::1]:2/d'],
    [{ url: 'postgresql://a,b/d', port: 7 }, {}, 'a:7,b:7/d'],
    [{ url: 'postgresql://db.example:5/d?hostaddr=10.0.0.5' }, {}, 'db.example (10.0.0.5):5/d'],
    [{ url: 'postgresql://a,b/d?hostaddr=1.1.1.1,::2' }, {}, 'a (1.1.1.1),b (::2)/d'],
    [{ url: 'postgresql:///d?hostaddr=10.0.0.5' }, { PGHOST: 'db.example' }, '10.0.0.5/d'],
    [{}, { PGHOST: 'db.example', PGHOSTADDR: '10.0.0.5' }, 'db.example (10.0.0.5)'],
    [
      { service: 's', url: 'postgresql://h?hostaddr=1.1.1.1' },
      {},
      'service=s host=h hostaddr=1.1.1.1',
    ],
    [{ host: 'h', database: 'd', sslMode: 'disable' }, {}, 'h/d sslmode=disable'],
    [{ host: 'h', sslMode: 'allow' }, { PGSSLMODE: 'verify-full' }, 'h sslmode=allow'],
    [{ host: '127.0.0.1', sslMode: 'disable' }, {}, '127.0.0.1'],
    [{ host: '@evil' }, {}, '@evil'],
  ];
  for (const [profile, inherited, text] of cases) {
    it(`${JSON.stringify(profile)} ${JSON.stringify(inherited)}: ${text}`, () => {
      assert.equal(describeTarget({ id: 'a', source: 'user', ...profile }, inherited), text);
    });
  }
});

describe('the database that is meant before anybody has asked the server', () => {
  const cases: [Partial<ConnectionProfile>, Record<string, string>, string | undefined][] = [
    [{ database: 'shop' }, {}, 'shop'],
    [{ url: 'postgresql://host/shop' }, {}, 'shop'],
    [{ url: 'postgresql://host/sh%2Fop' }, {}, 'sh/op'],
    [{ url: 'postgresql://bob@host', database: 'shop' }, {}, 'shop'],
    [{ database: 'shop' }, { PGDATABASE: 'other' }, 'shop'],
    [{ host: 'h' }, { PGDATABASE: 'other' }, 'other'],
    [{ host: 'h', user: 'bob' }, {}, 'bob'],
    [{ url: 'postgresql://bob@host' }, { PGUSER: 'eve' }, 'bob'],
    [{ host: 'h' }, { PGUSER: 'eve', PGDATABASE: '' }, 'eve'],
    [{ service: 'shop' }, { PGDATABASE: 'other' }, undefined],
    [{ service: 'shop', database: 'app' }, {}, 'app'],
    [{}, { PGSERVICE: 'shop', PGDATABASE: 'other' }, undefined],
    [{ host: 'h' }, {}, undefined],
  ];
  for (const [profile, inherited, database] of cases) {
    const given = JSON.stringify([profile, inherited]);
    it(`${given}: ${database ?? 'nobody knows'}`, () => {
      assert.equal(databaseBefore({ id: 'rest', ...profile }, inherited), database);
    });
  }
});
