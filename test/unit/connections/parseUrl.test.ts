import assert from 'node:assert/strict';
import {
  parseUrl,
  type ParsedUrl,
  type UrlResult,
} from '../../../src/core/connections/url/parseUrl';

/** What is stated, without the fields left out. */
function stated(result: UrlResult): Partial<ParsedUrl> {
  assert.ok('url' in result, JSON.stringify(result));
  return JSON.parse(JSON.stringify(result.url)) as Partial<ParsedUrl>;
}

describe('parseUrl', () => {
  const accepted: [
    url: string,
    expected: Omit<Partial<ParsedUrl>, 'parameters'>,
    parameters?: object,
  ][] = [
    ['postgresql://', {}],
    ['postgres://', {}],
    ['postgresql://localhost', { host: 'localhost' }],
    ['postgresql://localhost:5433', { host: 'localhost', port: '5433' }],
    ['postgresql://localhost/mydb', { host: 'localhost', database: 'mydb' }],
    ['postgresql://user@localhost', { host: 'localhost', user: 'user' }],
    ['postgresql://user:@localhost', { host: 'localhost', user: 'user' }],
    ['postgresql://u%40x%3Ay@h/d%2Fb%3D%27', { host: 'h', user: 'u@x:y', database: "d/b='" }],
    ['postgresql://h/a/b', { host: 'h', database: 'a/b' }],
    ['postgresql://h/caf%C3%A9', { host: 'h', database: 'café' }],
    ['postgresql://h/a+b', { host: 'h', database: 'a+b' }],
    ['postgresql:///mydb?host=/tmp&port=5433', { host: '/tmp', port: '5433', database: 'mydb' }],
    ['postgresql://%2Fvar%2Flib/db', { host: '/var/lib', database: 'db' }],
    ['postgresql://[2001:db8::1]:5433/db', { host: '2001:db8::1', port: '5433', database: 'db' }],
    ['postgresql://[::1]', { host: '::1' }],
    ['postgresql://a:1,b:2/db', { host: 'a,b', port: '1,2', database: 'db' }],
    ['postgresql://a,b:2/db', { host: 'a,b', port: ',2', database: 'db' }],
    ['postgresql://a,[::1]/db', { host: 'a,::1', database: 'db' }],
    ['postgresql://:5433/db', { port: '5433', database: 'db' }],
    ['postgresql://h?user=u&dbname=d', { host: 'h', user: 'u', database: 'd' }],
    ['postgresql://h/db?dbname=other', { host: 'h', database: 'other' }],
    ['postgresql://h?', { host: 'h' }],
    ['postgresql://h?user=u&', { host: 'h', user: 'u' }],
    ['postgresql://h?sslmode=verify-full', { host: 'h', sslMode: 'verify-full' }],
    ['postgresql://h?ssl=true', { host: 'h', sslMode: 'require' }],
    ['postgresql://h?service=s&sslrootcert=/r', { host: 'h', service: 's', sslRootCert: '/r' }],
    ['postgresql://h?application_name=x&fallback_application_name=y', { host: 'h' }],
    ['postgresql://h?options=endpoint%3Dep-a-1', { host: 'h' }, { options: 'endpoint=ep-a-1' }],
    ['postgresql://h?options=&passfile=', { host: 'h' }],
    ['postgresql://h?krbsrvname=POSTGRES', { host: 'h' }, { krbsrvname: 'POSTGRES' }],
    ['postgresql://h?channel_binding=require', { host: 'h' }, { channel_binding: 'require' }],
    [
      'postgresql://a,b?target_session_attrs=read-write',
      { host: 'a,b' },
      { target_session_attrs: 'read-write' },
    ],
    ['postgresql://h:5/d?user=bob@corp', { host: 'h', port: '5', database: 'd', user: 'bob@corp' }],
    ['postgresql://bob%40corp@h', { host: 'h', user: 'bob@corp' }],
    ['postgresql://[fe80::1%25eth0]:5/d', { host: 'fe80::1%eth0', port: '5', database: 'd' }],
    ['postgresql:// h /db', { host: 'h', database: 'db' }],
  ];
  const named: readonly (readonly [url: string, parameter: string])[] = [
    ['postgresql://h?options=-c%20role%3Dboss', 'options'],
    ['postgresql://h?options=endpoint%3Dx%20-c%20role%3Dboss', 'options'],
    ['postgresql://h?passfile=/workspace/.pgpass', 'passfile'],
    ['postgresql://h?client_encoding=LATIN1', 'client_encoding'],
    ['postgresql://h?gsslib=gssapi', 'gsslib'],
    ['postgresql://h?krbsrvname=cifs', 'krbsrvname'],
    ['postgresql://h?gssdelegation=1', 'gssdelegation'],
    ['postgresql://h?oauth_issuer=https%3A%2F%2Fevil', 'oauth_issuer'],
  ];
  for (const [url, parameter] of named) {
    it(`refuses ${parameter} by name: ${url}`, () => {
      assert.deepEqual(parseUrl(url), { problem: 'refusedUrlParameter', parameter });
    });
  }

  for (const [url, expected, parameters] of accepted) {
    it(`reads ${url}`, () => {
      assert.deepEqual(stated(parseUrl(url)), { ...expected, parameters: parameters ?? {} });
    });
  }

  const refused: [url: string, problem: string][] = [
    ['', 'badUrl'],
    ['localhost', 'badUrl'],
    ['http://localhost', 'badUrl'],
    ['POSTGRESQL://localhost', 'badUrl'],
    ['postgresql://[::1', 'badUrl'],
    ['postgresql://[]', 'badUrl'],
    ['postgresql://[::1]x', 'badUrl'],
    ['postgresql://h/%zz', 'badUrl'],
    ['postgresql://h/%0', 'badUrl'],
    ['postgresql://h/%00', 'badUrl'],
    ['postgresql://h/%ff', 'badUrl'],
    ['postgresql://h/a b', 'badUrl'],
    ['postgresql://h?a', 'badUrl'],
    ['postgresql://h?a&user=b', 'badUrl'],
    ['postgresql://h?user=a=b', 'badUrl'],
    ['postgresql://h:x/db', 'badPort'],
    ['postgresql://h:0/db', 'badPort'],
    ['postgresql://h:70000/db', 'badPort'],
    ['postgresql://h?sslmode=yes', 'badSslMode'],
    ['postgresql://h?bogus=1', 'unknownUrlParameter'],
    ['postgresql://h?replication=database', 'unknownUrlParameter'],
    ['postgresql://u:secret@h/db', 'passwordInUrl'],
    ['postgresql://u:sec@ret@h/db', 'passwordInUrl'],
    ['postgresql://u:sec/ret@h/db', 'passwordInUrl'],
    ['postgresql://:secret@h/db', 'passwordInUrl'],
    ['postgresql://bob:4711/secret@db/x', 'passwordInUrl'],
    ['postgresql://bob:4711/secret@db', 'passwordInUrl'],
    ['postgresql://bob:47,11/secret@db/x', 'passwordInUrl'],
    ['postgresql://bob:4711/se/cret@db:5432/x', 'passwordInUrl'],
    ['postgresql://bob:4711/secret?@db/x', 'passwordInUrl'],
    ['postgresql://bob:4711?secret@db/x', 'passwordInUrl'],
    ['postgresql://bob:4711?secret=1@db/x', 'passwordInUrl'],
    ['postgresql://bob:4711?sslmode=secret@db/x', 'passwordInUrl'],
    ['postgresql://bob:4711/#secret@db/x', 'passwordInUrl'],
    ['postgresql://bob:47#11/secret@db/x', 'passwordInUrl'],
    ['postgresql://bob:4711/%secret@db/x', 'passwordInUrl'],
    ['postgresql://bob:4711/%00secret@db/x', 'passwordInUrl'],
    ['postgresql://bob:47 11/a secret@db/x', 'passwordInUrl'],
    ['postgresql://bob:[4711/secret@db/x', 'passwordInUrl'],
    ['postgresql://bob:[::1]/secret@db/x', 'passwordInUrl'],
    ['postgresql://bob: secret@db/x', 'passwordInUrl'],
    ['postgresql://bob:se@cr/secret@db/x', 'passwordInUrl'],
    ['postgresql://bob@corp:4711/secret@db/x', 'passwordInUrl'],
    ['postgresql:///bob:secret@db/x', 'passwordInUrl'],
    ['postgresql://h/postgres%3A%2F%2Fu%3Asecret%40h%2Fd', 'passwordInUrl'],
    ['postgresql://h/d?user=password%3Dsecret', 'passwordInUrl'],
    ['postgresql://h/d?passwd=secret', 'passwordInUrl'],
    ['postgresql://h/d?api_key=secret', 'passwordInUrl'],
    ['postgresql://bob@corp@db/x', 'atSignInUrl'],
    ['postgresql://bob/secret@db/x', 'atSignInUrl'],
    ['postgresql://h/db?password=secret', 'passwordInUrl'],
    ['postgresql://h/db?pass%77ord=se%cret', 'passwordInUrl'],
    ['postgresql://h/db?password=a=b', 'passwordInUrl'],
    ['postgresql://h/db?sslpassword=secret', 'passwordInUrl'],
    ['postgresql://h/db?oauth_client_secret=secret', 'passwordInUrl'],
  ];
  for (const [url, problem] of refused) {
    it(`refuses ${JSON.stringify(url)} (${problem}) without repeating it`, () => {
      const result = parseUrl(url);
      assert.ok('problem' in result, JSON.stringify(result));
      assert.equal(result.problem, problem);
      assert.ok(!JSON.stringify(result).includes('secret'));
    });
  }
});
