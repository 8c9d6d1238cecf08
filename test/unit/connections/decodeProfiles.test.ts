import assert from 'node:assert/strict';
import { decodeProfiles } from '../../../src/core/connections/decodeProfiles';

describe('decodeProfiles', () => {
  it('takes a missing setting for an empty one', () => {
    for (const value of [undefined, null, []]) {
      assert.deepEqual(decodeProfiles(value), { profiles: [], problems: [] });
    }
  });

  it('refuses what is no array', () => {
    for (const value of [{}, 'x', 5, true]) {
      assert.deepEqual(decodeProfiles(value), {
        profiles: [],
        problems: [{ index: -1, problem: 'notAnArray', severity: 'error' }],
      });
    }
  });

  it('reads every field', () => {
    const profile = {
      id: 'a',
      name: 'A',
      host: 'h',
      port: 5433,
      database: 'postgres://x = "y"',
      user: '-u',
      sslMode: 'verify-full',
      sslRootCert: '~/root.crt',
      sslCert: '/c.crt',
      sslKey: 'C:\\k.key',
      service: 's',
      url: 'postgresql://h',
      environment: 'production',
      readOnly: true,
    };
    const profiles = [{ ...profile, source: 'user' }];
    assert.deepEqual(decodeProfiles([profile], 'user'), { profiles, problems: [] });
  });

  it('counts empty texts as left out', () => {
    const entry = { id: 'a', name: '', host: '', port: '', sslMode: '', url: '', environment: '' };
    assert.deepEqual(decodeProfiles([entry]), { profiles: [{ id: 'a' }], problems: [] });
  });

  const refused: [entry: unknown, problem: string, field: string | undefined][] = [
    [null, 'notAnObject', undefined],
    ['x', 'notAnObject', undefined],
    [[], 'notAnObject', undefined],
    [{}, 'missingId', 'id'],
    [{ id: ' ' }, 'missingId', 'id'],
    [{ id: 7 }, 'missingId', 'id'],
    [{ id: 'a', port: '5432' }, 'badPort', 'port'],
    [{ id: 'a', port: 0 }, 'badPort', 'port'],
    [{ id: 'a', port: 65536 }, 'badPort', 'port'],
    [{ id: 'a', port: 5432.5 }, 'badPort', 'port'],
    [{ id: 'a', sslMode: 'on' }, 'badSslMode', 'sslMode'],
    [{ id: 'a', environment: 'prod' }, 'badEnvironment', 'environment'],
    [{ id: 'a', readOnly: 'yes' }, 'badReadOnly', 'readOnly'],
    [{ id: 'a', host: 'bob:secret@db' }, 'urlInHost', 'host'],
    [{ id: 'a', host: 'a,bob@db' }, 'urlInHost', 'host'],
    [{ id: 'a', database: 'postgresql://u:secret@h/d' }, 'passwordInSettings', 'database'],
    [{ id: 'a', user: 'bob password=secret' }, 'passwordInSettings', 'user'],
    [{ id: 'a', name: 'postgres://u:4711/secret@h' }, 'passwordInSettings', 'name'],
    [{ id: 'postgres://u:secret@h/d' }, 'missingId', 'id'],
    [{ id: 'a', sslPassword: 'secret' }, 'passwordInSettings', 'sslPassword'],
    [{ id: 'a', host: 5 }, 'badText', 'host'],
    [{ id: 'a', database: 'x\0y' }, 'badText', 'database'],
    [{ id: 'a', host: 'postgresql://u:secret@h' }, 'urlInHost', 'host'],
    [{ id: 'a', password: 'secret' }, 'passwordInSettings', 'password'],
    [{ id: 'a', sslRootCert: 'certs/root.crt' }, 'relativePath', 'sslRootCert'],
    [{ id: 'a', sslCert: 'system' }, 'relativePath', 'sslCert'],
    // libpq would load the library as an OpenSSL engine.
    [{ id: 'a', sslKey: '/workspace/evil.so:1' }, 'relativePath', 'sslKey'],
    [{ id: 'a', url: 'postgresql://h?sslkey=/evil.so:1' }, 'relativePath', 'url'],
    // It would append the keys of TLS sessions to whatever file.
    [{ id: 'a', url: 'postgresql://h?sslkeylogfile=/x' }, 'unknownUrlParameter', 'url'],
    [{ id: 'a', url: 'postgresql://h?passfile=/x' }, 'refusedUrlParameter', 'url'],
    [{ id: 'a', url: 'secret' }, 'badUrl', 'url'],
    [{ id: 'a', url: 'postgresql://u:secret@h' }, 'passwordInUrl', 'url'],
    [{ id: 'a', url: 'postgresql://h', host: 'i' }, 'urlContradictsField', 'host'],
    [{ id: 'a', url: 'postgresql://h:1', port: 2 }, 'urlContradictsField', 'port'],
    [{ id: 'a', url: 'postgresql://h/d', database: 'e' }, 'urlContradictsField', 'database'],
    [
      { id: 'a', url: 'postgresql://h?sslmode=prefer', sslMode: 'require' },
      'urlContradictsField',
      'sslMode',
    ],
  ];
  for (const [entry, problem, field] of refused) {
    it(`refuses ${JSON.stringify(entry)}, the others keep working`, () => {
      const { profiles, problems } = decodeProfiles([{ id: 'first' }, entry, { id: 'last' }]);
      assert.deepEqual(
        profiles.map((p) => p.id),
        ['first', 'last'],
      );
      assert.equal(problems.length, 1, JSON.stringify(problems));
      assert.equal(problems[0]?.index, 1);
      assert.equal(problems[0].problem, problem);
      assert.equal(problems[0].field, field);
      assert.equal(problems[0].severity, 'error');
      assert.ok(!JSON.stringify(problems).includes('secret'));
    });
  }

  it('keeps the first of two entries with one id', () => {
    const { profiles, problems } = decodeProfiles([
      { id: 'a', host: 'x' },
      { id: 'a', host: 'y' },
    ]);
    assert.deepEqual(profiles, [{ id: 'a', host: 'x' }]);
    assert.deepEqual(problems, [
      { index: 1, id: 'a', field: 'id', problem: 'duplicateId', severity: 'error' },
    ]);
  });

  it('warns of keys it does not know and uses the entry', () => {
    const { profiles, problems } = decodeProfiles([{ id: 'a', hostname: 'h', 'my secret': 1 }]);
    assert.deepEqual(profiles, [{ id: 'a' }]);
    assert.deepEqual(problems, [
      { index: 0, id: 'a', field: 'hostname', problem: 'unknownKey', severity: 'warning' },
      { index: 0, id: 'a', problem: 'unknownKey', severity: 'warning' },
    ]);
  });

  it('lets fields fill what the URL leaves out', () => {
    const entry = { id: 'a', url: 'postgresql://h', host: 'h', database: 'd', port: 5 };
    assert.deepEqual(decodeProfiles([entry]), { profiles: [entry], problems: [] });
  });
});
