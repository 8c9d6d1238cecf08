import assert from 'node:assert/strict';
import { pathKey, platformOfPath } from '../../../src/core/files/pathKey';
import { isWithin, samePath } from '../../../src/core/files/samePath';

type Row = readonly [NodeJS.Platform, string, string, boolean];

const same: readonly Row[] = [
  ['win32', 'C:\\Backups\\Shop.dump', 'c:\\backups\\SHOP.DUMP', true],
  ['win32', 'c:/backups/shop.dump', 'C:\\backups\\shop.dump', true],
  ['win32', 'C:\\backups\\.\\x\\..\\shop.dump', 'C:\\backups\\\\shop.dump', true],
  ['win32', '\\\\?\\C:\\backups\\shop.dump', 'c:\\backups\\shop.dump', true],
  ['win32', '\\\\?\\UNC\\nas\\share\\shop.dump', '\\\\NAS\\Share\\shop.dump', true],
  ['win32', '\\\\nas\\share\\..\\..\\x', '\\\\nas\\share\\x', true],
  ['win32', 'C:\\backups\\', 'C:\\backups', true],
  ['win32', 'C:\\backups. ', 'C:\\backups', true],
  ['win32', 'C:\\Überblick', 'c:\\überblick', true],
  ['win32', 'C:\\ı', 'C:\\I', false],
  ['win32', 'C:\\straße', 'C:\\strasse', false],
  ['win32', 'C:\\backups', 'D:\\backups', false],
  ['win32', 'C:\\..\\x', 'C:\\x', true],
  ['win32', '\\\\nas\\one\\x', '\\\\nas\\two\\x', false],
  ['win32', '\\\\wsl$\\Ubuntu\\home\\x', '//WSL.localhost/ubuntu/home/x', true],
  ['win32', '\\\\wsl$\\Ubuntu\\home\\x', '\\\\wsl$\\Ubuntu\\home\\X', false],
  ['win32', '\\\\wsl$\\Ubuntu\\x', '\\\\wsl$\\Debian\\x', false],
  ['darwin', '/Users/Ann/shop.dump', '/users/ann/Shop.dump', true],
  ['darwin', '/u/\u00fc', '/u/u\u0308', true],
  ['darwin', '/u/a\\b', '/u/a/b', false],
  ['linux', '/home/ann/Shop', '/home/ann/shop', false],
  ['linux', '/home/./ann//x/../shop/', '/home/ann/shop', true],
  ['linux', '/u/\u00fc', '/u/u\u0308', false],
  ['linux', 'C:\\x', 'c:\\x', false],
  ['linux', '../x', 'x', false],
];

const within: readonly Row[] = [
  ['win32', 'c:\\backups\\2026\\x.dump', 'C:\\Backups', true],
  ['win32', 'C:\\backups-old\\x.dump', 'C:\\backups', false],
  ['win32', 'C:\\x', 'C:\\', true],
  ['win32', 'C:\\backups\\..\\x', 'C:\\backups', false],
  ['darwin', '/USERS/ann/x', '/Users/ann', true],
  ['linux', '/USERS/ann/x', '/Users/ann', false],
  ['linux', '/x', '/', true],
  ['linux', '/a', '/a', true],
  ['linux', '/ab', '/a', false],
];

describe('paths are compared as the system does', () => {
  for (const [platform, a, b, expected] of same) {
    it(`${platform}: ${a} ${expected ? 'is' : 'is not'} ${b}`, () => {
      assert.equal(samePath(a, b, platform), expected);
      assert.equal(pathKey(a, platform) === pathKey(b, platform), expected);
      assert.equal(pathKey(pathKey(a, platform), platform), pathKey(a, platform));
    });
  }
  for (const [platform, file, folder, expected] of within) {
    it(`${platform}: ${file} ${expected ? 'is' : 'is not'} in ${folder}`, () => {
      assert.equal(isWithin(file, folder, platform), expected);
    });
  }

  it('knows Windows by the form of a path', () => {
    for (const path of ['C:\\x', 'c:/x', '\\\\nas\\share']) {
      assert.equal(platformOfPath(path), 'win32');
    }
    for (const path of ['/x', 'x', '~/x']) assert.equal(platformOfPath(path), 'linux');
  });
});
