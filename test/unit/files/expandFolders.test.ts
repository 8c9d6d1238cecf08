import assert from 'node:assert/strict';
import { expandFolders } from '../../../src/core/files/expandFolders';

describe('variables in paths of settings', () => {
  const env = {
    UserProfile: 'C:\\Users\\ann',
    'ProgramFiles(x86)': 'C:\\P86',
    SECRET: 'hidden',
    TMP: '',
  };
  for (const [text, expected] of [
    ['%USERPROFILE%\\backups', 'C:\\Users\\ann\\backups'],
    ['%userprofile%/x', 'C:\\Users\\ann/x'],
    ['%ProgramFiles(x86)%\\PostgreSQL', 'C:\\P86\\PostgreSQL'],
    ['\\\\nas\\%SECRET%', '\\\\nas\\%SECRET%'],
    ['%APPDATA%\\x', '%APPDATA%\\x'],
    ['%TMP%\\x', '%TMP%\\x'],
    ['C:\\50%', 'C:\\50%'],
  ] as const) {
    it(`${text} is ${expected} on Windows, and itself elsewhere`, () => {
      assert.equal(expandFolders(text, env, 'win32'), expected);
      assert.equal(expandFolders(text, env, 'linux'), text);
    });
  }
});
