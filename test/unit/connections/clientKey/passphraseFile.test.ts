import assert from 'node:assert/strict';
import {
  closeSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { defaultKey, isLockedKey } from '../../../../src/core/connections/clientKey/lockedKey';
import {
  canBeGiven,
  givePassphrase,
  NO_PASSPHRASE,
} from '../../../../src/core/connections/clientKey/passphraseFile';
import { knownPassphrase } from '../../../../src/core/connections/passwords';

describe('the passphrase of a client key', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(path.join(os.tmpdir(), 'passphrase-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const env = { PGSSLPASSWORD: 'a "b" \\c', PGHOST: 'h' };

  it('is no matter where there is none', () => {
    assert.equal(
      givePassphrase({ PGHOST: 'h' }, () => dir),
      null,
    );
  });

  it("gets into a private file of the tool's own folder on darwin", () => {
    const given = givePassphrase(env, () => dir, 'darwin');
    assert.ok(given);
    const { PGSERVICEFILE: file = '', ...others } = given.env;
    assert.deepEqual(others, { PGHOST: 'h', PGSERVICE: 'pgbackup' });
    assert.equal(given.handle, undefined);
    assert.equal(path.dirname(file), dir);
    assert.equal(readFileSync(file, 'utf8'), '[pgbackup]\nsslpassword=a "b" \\c\n');
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
    given.close();
  });

  const onLinux = (): void => {
    const given = givePassphrase(env, () => dir, 'linux');
    assert.ok(given?.handle !== undefined);
    assert.deepEqual(readdirSync(dir), []);
    const own = `/proc/self/fd/${given.handle}`;
    for (let times = 0; times < 2; times++) {
      assert.equal(readFileSync(own, 'utf8'), '[pgbackup]\nsslpassword=a "b" \\c\n');
    }
    given.close();
    assert.throws(() => closeSync(given.handle ?? -1), { code: 'EBADF' });
  };
  // Where it runs only: no other system has these files.
  if (process.platform === 'linux') it('gets into a file without a name on Linux', onLinux);

  const passphrases: [string, boolean][] = [
    ['x', true],
    [' leading', true],
    ['with "quotes" and \\', true],
    ['é'.repeat(100), true],
    ['é'.repeat(101), false],
    ['trailing ', false],
    ['two\nlines', false],
  ];
  for (const [passphrase, can] of passphrases) {
    it(`${can ? 'can' : 'cannot'} be ${JSON.stringify(passphrase.slice(0, 20))}`, () =>
      assert.equal(canBeGiven(passphrase, 'linux'), can));
  }

  it('cannot be what Windows would cut', () => {
    // Measured in the code page 1252: the last byte of these is its no-break space.
    for (const cut of ['Città', 'Р', 'Š']) {
      assert.equal(canBeGiven(cut, 'win32'), false);
      assert.equal(canBeGiven(cut, 'linux'), true);
    }
    for (const whole of ['é', 'Å', 'Cittàx']) assert.equal(canBeGiven(whole, 'win32'), true);
  });

  it('is asked for where the known one would add parameters to the file', async () => {
    const sslKey = path.join(dir, 'a.key');
    writeFileSync(sslKey, '-----BEGIN ENCRYPTED PRIVATE KEY-----');
    const profile = { id: 'a', host: 'h', sslKey };
    const known = (secret?: string): Promise<string | undefined> =>
      knownPassphrase(profile, { get: async () => secret }, {});
    assert.equal(await known('s3cret'), 's3cret');
    assert.equal(await known('x\nhost=elsewhere'), NO_PASSPHRASE);
    assert.equal(await known(), NO_PASSPHRASE);
  });

  const keys: [string, string, boolean][] = [
    ['PKCS#8 with a passphrase', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII', true],
    [
      'the older form',
      '-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: A',
      true,
    ],
    ['behind a certificate', 'Bag\n-----BEGIN ENCRYPTED PRIVATE KEY-----\n', true],
    ['PKCS#8 without one', '-----BEGIN PRIVATE KEY-----\nMII', false],
    ['nothing', '', false],
  ];
  for (const [name, text, locked] of keys) {
    it(`is ${locked ? '' : 'not '}needed by a key: ${name}`, async () => {
      const file = path.join(dir, 'a.key');
      writeFileSync(file, text);
      assert.equal(await isLockedKey(file), locked);
    });
  }

  it('is not needed by a key that is not there', async () =>
    assert.equal(await isLockedKey(path.join(dir, 'missing.key')), false));

  it('may be needed by the key that libpq takes where none is stated', () => {
    assert.equal(defaultKey({ HOME: '/home/u' }, 'linux'), '/home/u/.postgresql/postgresql.key');
    assert.equal(defaultKey({}, 'win32'), null);
  });
});
