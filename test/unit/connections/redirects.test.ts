import assert from 'node:assert/strict';
import { decodeProfiles } from '../../../src/core/connections/decodeProfiles';
import { placeOf } from '../../../src/core/connections/dialledTarget';
import { buildConnection, describeTarget } from '../../../src/core/connections/libpq';
import { AppError } from '../../../src/core/errors';
import type { ConnectionProfile } from '../../../src/core/model/profile';
import '../../support/connections/readUrls';

type Profile = Omit<ConnectionProfile, 'id'>;
type Variables = Record<string, string>;

function build(profile: Profile, inherited: Variables, password?: string) {
  return buildConnection(
    { id: 'a', ...profile },
    { applicationName: 'x', inherited, connectTimeoutSeconds: 5, platform: 'linux', password },
  );
}

const refused: [profile: Profile, problem: string, field: string][] = [
  [{ url: 'postgresql://db.example/d?hostaddr=10.0.0.5' }, 'addressBesideHost', 'hostaddr'],
  [
    { host: 'db.example', url: 'postgresql:///?hostaddr=10.0.0.5' },
    'addressBesideHost',
    'hostaddr',
  ],
  [{ url: 'postgresql://a,b/d?hostaddr=1.1.1.1,2.2.2.2' }, 'addressBesideHost', 'hostaddr'],
  [{ url: 'postgresql:///?host=/tmp&hostad%64r=1.1.1.1' }, 'addressBesideHost', 'hostaddr'],
  [{ service: 'prod', host: 'evil' }, 'besideService', 'host'],
  [{ service: 'prod', port: 6543 }, 'besideService', 'port'],
  [{ service: 'prod', sslMode: 'disable' }, 'besideService', 'sslMode'],
  [{ service: 'prod', sslRootCert: '/ca' }, 'besideService', 'sslRootCert'],
  [{ url: 'postgresql://evil/?service=prod' }, 'besideService', 'host'],
  [{ url: 'postgresql:///?service=prod&hostaddr=6.6.6.6' }, 'besideService', 'hostaddr'],
  [
    { service: 'prod', url: 'postgresql:///?require_auth=password' },
    'besideService',
    'require_auth',
  ],
  [{ service: 'prod', url: 'postgresql:///?gssencmode=disable' }, 'besideService', 'gssencmode'],
  [{ service: 'prod', url: 'postgresql:///?host=/tmp' }, 'besideService', 'host'],
];

describe('what a workspace may not say of a connection', () => {
  for (const [profile, problem, field] of refused) {
    it(`refuses ${JSON.stringify(profile)}`, () => {
      const entry = { id: 'a', ...profile };
      const { profiles, problems } = decodeProfiles([entry], 'workspace');
      assert.deepEqual(profiles, []);
      assert.deepEqual(
        problems.map((report) => [report.problem, report.field]),
        [[problem, field]],
      );
      const invalid = (e: unknown): boolean => AppError.is(e, 'connectionInvalid');
      assert.throws(() => build(profile, {}), invalid);
      assert.throws(() => describeTarget(entry), invalid);
    });

    it(`leaves it to the user: ${JSON.stringify(profile)}`, () => {
      const { profiles, problems } = decodeProfiles([{ id: 'a', ...profile }], 'user');
      assert.deepEqual(problems, []);
      assert.equal(profiles[0]?.source, 'user');
    });
  }

  it('takes what only says which database, as whom, and how patiently', () => {
    const url = 'postgresql:///?connect_timeout=3&keepalives=0&target_session_attrs=any';
    const entry = { id: 'a', service: 's', database: 'd', user: 'u', url };
    assert.deepEqual(decodeProfiles([entry], 'workspace').problems, []);
  });

  it('is not told by the settings whose they are', () => {
    const { profiles } = decodeProfiles([{ id: 'a', host: 'h', source: 'user' }], 'workspace');
    assert.equal(profiles[0]?.source, undefined);
  });
});

describe('an inherited password', () => {
  const cases: [profile: Profile, inherited: Variables, goes: boolean][] = [
    [{}, {}, true],
    [{ database: 'd', user: 'u' }, { PGHOST: 'h' }, true],
    [{}, { PGSERVICE: 's' }, true],
    [{ host: 'h' }, {}, false],
    [{ host: 'h' }, { PGHOST: 'other' }, false],
    [{ host: 'h' }, { PGHOST: 'h' }, true],
    [{ host: 'h', port: 5432 }, { PGHOST: 'h' }, true],
    [{ host: 'h', port: 5433 }, { PGHOST: 'h' }, false],
    [{ host: 'h', port: 5433 }, { PGHOST: 'h', PGPORT: '5433' }, true],
    [{ host: 'h' }, { PGHOST: 'h', PGHOSTADDR: '1.1.1.1' }, false],
    [{ host: 'h' }, { PGHOST: 'h', PGSERVICE: 's' }, false],
    [{ host: 'h,evil' }, { PGHOST: 'h' }, false],
    [{ port: 6543 }, { PGHOST: 'h' }, false],
    [{ port: 5432 }, { PGSERVICE: 's' }, false],
    [{ service: 's' }, {}, false],
    [{ service: 's' }, { PGSERVICE: 's' }, false],
    [{ url: 'postgresql:///?hostaddr=6.6.6.6' }, { PGHOST: 'h' }, false],
    [{ host: '/tmp/evil' }, {}, false],
    [{ host: '@evil' }, {}, false],
  ];
  for (const source of ['user', 'workspace'] as const) {
    for (const [profile, inherited, goes] of cases) {
      it(`${goes ? 'goes' : 'does not go'} to ${source} ${JSON.stringify([profile, inherited])}`, () => {
        const { env } = build({ ...profile, source }, { ...inherited, PGPASSWORD: 'hush' });
        assert.equal(env['PGPASSWORD'], goes ? 'hush' : undefined);
      });
    }
  }
});

describe('what the user demands of a server', () => {
  const url = (query: string): Profile => ({ url: `postgresql://h/?${query}` });
  const cases: [
    profile: Profile,
    inherited: Variables,
    variable: string,
    value: string | undefined,
  ][] = [
    [{ host: 'h', sslMode: 'disable' }, { PGSSLMODE: 'verify-full' }, 'PGSSLMODE', 'verify-full'],
    [{ host: 'h', sslMode: 'verify-full' }, { PGSSLMODE: 'prefer' }, 'PGSSLMODE', 'verify-full'],
    [{ host: 'h', sslMode: 'allow' }, { PGREQUIRESSL: '1' }, 'PGSSLMODE', 'require'],
    [url('sslmode=prefer'), { PGSSLMODE: 'require' }, 'PGSSLMODE', 'require'],
    [{ host: 'h', sslMode: 'disable' }, {}, 'PGSSLMODE', 'disable'],
    [{ host: 'h', sslRootCert: '/evil' }, { PGSSLROOTCERT: '/mine' }, 'PGSSLROOTCERT', '/mine'],
    [{ host: 'h', sslMode: 'require' }, { PGGSSENCMODE: 'require' }, 'PGGSSENCMODE', 'require'],
    [{ sslMode: 'disable' }, { PGSERVICE: 's' }, 'PGSSLMODE', undefined],
    [{ sslRootCert: '/evil' }, { PGSERVICE: 's' }, 'PGSSLROOTCERT', undefined],
    [{ sslMode: 'verify-full' }, { PGSERVICE: 's' }, 'PGSSLMODE', 'verify-full'],
  ];
  for (const [profile, inherited, variable, value] of cases) {
    it(`no workspace weakens ${JSON.stringify([profile, inherited])}`, () => {
      assert.equal(build(profile, inherited).env[variable], value);
    });
  }

  const parameters: [query: string, variable: string, value: string][] = [
    ['require_auth=password', 'PGREQUIREAUTH', 'scram-sha-256'],
    ['channel_binding=disable', 'PGCHANNELBINDING', 'require'],
    ['requirepeer=evil', 'PGREQUIREPEER', 'postgres'],
    ['gssencmode=disable', 'PGGSSENCMODE', 'require'],
    ['sslcertmode=allow', 'PGSSLCERTMODE', 'require'],
    ['sslcrl=/none', 'PGSSLCRL', '/crl'],
    ['ssl_min_protocol_version=TLSv1', 'PGSSLMINPROTOCOLVERSION', 'TLSv1.3'],
  ];
  for (const [query, variable, value] of parameters) {
    it(`${variable} stands over ${query} of a workspace, not over the user's own`, () => {
      const { args, env } = build(url(query), { [variable]: value });
      assert.equal(env[variable], value);
      assert.ok(!args.join(' ').includes(query.split('=')[0] ?? ''), args.join(' '));
      const mine = build({ ...url(query), source: 'user' }, { [variable]: value });
      assert.ok(mine.args.join(' ').includes(query.split('=')[0] ?? ''));
      const free = build(url(query), {});
      assert.ok(free.args.join(' ').includes(query.split('=')[0] ?? ''));
      const byService = build({ url: `postgresql:///?${query}` }, { PGSERVICE: 's' });
      assert.ok(!byService.args.join(' ').includes(query.split('=')[0] ?? ''));
    });
  }
});

describe('a weak sslMode of a workspace', () => {
  // It leads nowhere else, and many servers of development have no certificate: it is not refused.
  const stated = (host: string, mode: string): Profile[] => [
    { host, sslMode: mode as 'disable' },
    { url: `postgresql://${host}/?sslmode=${mode}` },
  ];
  for (const mode of ['disable', 'allow']) {
    for (const host of ['db.example', '10.0.0.5', 'localhost,db.example']) {
      it(`is shown as it is dialled, and is another place: ${mode}, ${host}`, () => {
        for (const profile of stated(host, mode)) {
          const weak = { id: 'a', ...profile };
          assert.equal(build(profile, {}).env['PGSSLMODE'], mode);
          assert.match(describeTarget(weak), new RegExp(`sslmode=${mode}$`));
          // The consent to connect and the kept password are of the place.
          const place = (one: ConnectionProfile): string => placeOf(one, { inherited: {} });
          assert.notEqual(place(weak), place({ id: 'a', host }));
          const demanded = { PGSSLMODE: 'verify-full' };
          assert.equal(build(profile, demanded).env['PGSSLMODE'], 'verify-full');
          assert.doesNotMatch(describeTarget(weak, demanded), /sslmode/);
        }
      });
    }
  }
});

describe('what a kept password is bound to', () => {
  const place = (profile: Partial<ConnectionProfile>, inherited: Variables = {}): string =>
    placeOf({ id: 'a', source: 'user', ...profile }, { inherited, platform: 'linux' });
  const same: [a: string, b: string][] = [
    [place({ host: 'h', port: 5, user: 'u' }), place({ url: 'postgresql://u@h:5' })],
    [place({ host: 'h', database: 'x' }), place({ host: 'h', database: 'y', name: 'n' })],
    [place({}, { PGHOST: 'h' }), place({ host: 'h' })],
    [place({ host: 'h' }), place({ host: 'h', sslCert: '/c', environment: 'production' })],
  ];
  for (const [a, b] of same) it(`is the same place: ${a}`, () => assert.equal(a, b));

  const places = [
    place({}),
    place({ id: 'b' }),
    place({}, { PGHOST: 'h' }),
    place({}, { PGHOST: 'h', PGHOSTADDR: '1.1.1.1' }),
    place({}, { PGHOST: 'h', PGPORT: '6' }),
    place({}, { PGSERVICE: 's' }),
    place({}, { PGSERVICE: 's', PGSERVICEFILE: '/other' }),
    place({ host: 'evil' }),
    place({ host: 'h,evil' }),
    place({ host: '/tmp' }),
    place({ host: 'h', user: 'u' }),
    place({ host: 'h', sslMode: 'require' }),
    place({ host: 'h', sslMode: 'disable' }),
    place({ host: 'h', sslRootCert: '/ca' }),
    place({ url: 'postgresql://h/?hostaddr=2.2.2.2' }),
    place({ url: 'postgresql://h/?require_auth=password' }),
    place({ url: 'postgresql://h/?options=endpoint%3Dx' }),
    place({ service: 's', host: 'h' }),
  ];
  it('is another place wherever it goes elsewhere, or less protected', () => {
    assert.equal(new Set(places).size, places.length);
  });
});
