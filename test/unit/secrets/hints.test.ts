import assert from 'node:assert/strict';
import { COMMAND_WORDS } from '../../../src/core/secrets/commandSecrets';
import { maskSecrets, replaced } from '../../../src/core/secrets/mask';
import { SecretFinder } from '../../../src/core/secrets/secretFinder';
import { MASK, SECRET_CALL, SECRET_NAME, VERIFIER } from '../../../src/core/secrets/secretWords';
import { seededRandom } from '../../support/seededRandom';

/** What `maskSecrets` means, without the search that spares most texts the patterns. */
function plainly(text: string): string {
  const found =
    text.includes('://') ||
    [SECRET_NAME, SECRET_CALL, VERIFIER, COMMAND_WORDS].some((each) => text.search(each) >= 0);
  if (!found) return text;
  const secrets = new SecretFinder({ lenient: true }).next(text);
  return replaced(text, secrets, () => MASK);
}

/** One for each way in which a text can match one of the patterns. */
const told = [
  ...['password x', 'passwd=x', 'passphrase x', 'passcode x', 'pwd=x', 'pass=x', 'a_secret=x'],
  ...['a-token=x', 'a_credential=x', 'my_credentials=x', 'accesstoken=x', 'clientsecret=x'],
  ...["identified by 'x'", "identified\tby 'x'", 'privatekey=x', 'api_key=x', 'sa-key=x'],
  ...["secret 'x'", "token 'x'", "credentials 'x'", `U&"p\\0061ssword" 'x'`],
  ...["set_config('a.pwd', 'x')", "create_secret('x')", "crypt('x', y)", "crypt ('x')"],
  ...["json_build_object('pass', 'x')", "jsonb_build_object('a', 1, 'api_key', 'x')"],
  ...["pgp_sym_encrypt(a, 'x')", "pgp_sym_decrypt_bytea(a, 'x')"],
  ...[`md5${'0123456789abcdef'.repeat(2)}`, 'SCRAM-SHA-256$4096:ab$cd:ef'],
  ...['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.abc', 'ghp_0123456789ab', 'ghr_0123456789ab'],
  ...['github_pat_0123456789', 'glpat-0123456789', 'xoxb-0123456789', 'sk_live_0123456789'],
  ...['rk_test_0123456789', 'npm_0123456789', 'AIza0123456789'],
  ...['-u a:x', 'curl -uan:x', '-a a:x', 'mysql -px', '--user a:x', '--proxy-user=a:x'],
  ...['--auth a:x', '--password x', '-pass x', '--api-key x', '--some-token=x', '-pwd x'],
  ...['Authorization: Basic x', 'bearer abcdef012345678', 'pass:x', 'apikey: x', 'x-key: y'],
  ...['my-secret: x', 'MY_TOKEN=x', 'A_SECRET=x', 'CREDENTIAL=x', 'AUTH=x', 'A_KEY=x'],
  ...['-----BEGIN PRIVATE KEY-----', 'db.example:5432:d:u:x', '*:*:d:u:x', 'x://u:p@h'],
];

describe('the search that spares most texts the patterns of secrets', () => {
  for (const text of told) {
    it(`lets ${text} through to them`, () => {
      for (const each of [text, text.toUpperCase(), text.toLowerCase(), `a ${text}`, `"${text}"`]) {
        assert.equal(maskSecrets(each), plainly(each));
      }
    });
  }

  it('hides what the patterns hide, whatever they are mixed with', () => {
    const seed = 20261127;
    const random = seededRandom(seed);
    const pick = (from: readonly string[]): string =>
      from[Math.floor(random() * from.length)] ?? '';
    const usual = [
      'pg_dump: ',
      'reading ',
      'app.users_pkey',
      '"',
      "'",
      '=',
      ':',
      '-',
      '_',
      ' ',
      'ſ',
    ];
    const cut = (text: string): string => {
      const from = Math.floor(random() * text.length);
      return random() < 0.5 ? text : text.slice(from, from + Math.floor(random() * text.length));
    };
    for (let i = 0; i < 3000; i++) {
      const parts = Array.from({ length: 1 + Math.floor(random() * 5) }, () =>
        random() < 0.5 ? pick(usual) : cut(pick(told)),
      );
      const text = random() < 0.3 ? parts.join('').toUpperCase() : parts.join('');
      assert.equal(maskSecrets(text), plainly(text), `seed ${seed}: ${JSON.stringify(text)}`);
    }
  });
});
