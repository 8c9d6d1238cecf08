import assert from 'node:assert/strict';
import { decodeProfiles } from '../../../src/core/connections/decodeProfiles';
import { buildConnection, describeTarget } from '../../../src/core/connections/libpq';
import '../../support/connections/readUrls';

const input = { applicationName: 'x', connectTimeoutSeconds: 5, platform: 'linux' as const };
const DB = 'postgresql+asyncpg://ann:s3cret@db:5433/shop?schema=x';

describe('A url that stands for a variable', () => {
  const usable: [value: string, target: string][] = [
    [DB, 'db:5433/shop'],
    ['Host=db;Database=shop;Password=x', 'db/shop'],
    ['host=db dbname=shop', 'db/shop'],
    ['jdbc:postgresql://db/shop', 'db/shop'],
  ];
  for (const [value, target] of usable) {
    it(`is read when it is used: ${value}`, () => {
      const inherited = { DATABASE_URL: value };
      const { profiles, problems } = decodeProfiles(
        [{ id: 'x', url: '${env:DATABASE_URL}' }],
        'workspace',
        inherited,
      );
      assert.deepEqual(problems, []);
      const [profile] = profiles;
      assert.ok(profile);
      assert.equal(profile.url, '${env:DATABASE_URL}');
      assert.equal(describeTarget(profile, inherited), target);
    });
  }

  it('gives its password to the tool by the environment, unless another one is given', () => {
    const profile = { id: 'x', url: '${env:DATABASE_URL}' };
    const inherited = { DATABASE_URL: DB, PGPASSWORD: 'elsewhere' };
    const connection = buildConnection(profile, { ...input, inherited });
    assert.equal(connection.env['PGPASSWORD'], 's3cret');
    assert.ok(!connection.args.join().includes('s3cret'));
    const typed = buildConnection(profile, { ...input, inherited, password: 'typed' });
    assert.equal(typed.env['PGPASSWORD'], 'typed');
  });

  const refused: [entry: object, variables: Record<string, string>, problem: string][] = [
    [{}, {}, 'variableMissing'],
    [{}, { V: '  ' }, 'variableMissing'],
    // Any secret of the environment: it must not be looked up as a host.
    [{}, { V: 'AKIA+secret/value' }, 'variableUnusable'],
    [{}, { V: 'c2VjcmV0Cg==' }, 'variableUnusable'],
    [{}, { V: 'ghp_token' }, 'variableUnusable'],
    [{}, { V: 'https://ann:x@example.com' }, 'variableUnusable'],
    [{}, { V: '${env:V}' }, 'variableUnusable'],
    [{}, { V: 'postgresql://db/x?hostaddr=6.6.6.6' }, 'variableUnusable'],
    [{ host: 'evil' }, { V: 'postgresql://ann:x@/shop' }, 'besideReference'],
    [{ port: 6666 }, { V: DB }, 'besideReference'],
    [{ sslMode: 'disable' }, { V: DB }, 'besideReference'],
    [{ service: 'x' }, { V: DB }, 'besideReference'],
    // Only the whole of it: a part would take the secret to any host.
    [{ url: 'postgresql://evil/${env:V}' }, { V: 'secret' }, 'unresolved'],
    [{ url: 'postgresql://evil/?user=${env:V}' }, { V: 'secret' }, 'unresolved'],
  ];
  for (const [entry, variables, problem] of refused) {
    it(`is refused: ${JSON.stringify(entry)} ${JSON.stringify(variables)}`, () => {
      const { profiles, problems } = decodeProfiles(
        [{ id: 'x', url: '${env:V}', ...entry }],
        'workspace',
        variables,
      );
      if (problem === 'unresolved') {
        const shown = profiles.map((profile) => describeTarget(profile, variables)).join();
        assert.ok(!shown.includes('secret'));
      } else {
        assert.equal(problems.find(({ severity }) => severity === 'error')?.problem, problem);
        assert.deepEqual(profiles, []);
      }
      const told = Object.values(variables).filter((value) => value.trim() !== '');
      assert.ok(!told.some((value) => JSON.stringify(problems).includes(value)));
    });
  }
});
