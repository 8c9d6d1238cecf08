import assert from 'node:assert/strict';
import { windowsNameFault, type WindowsNameFault } from '../../../src/core/files/windowsNames';

describe('names of files on Windows', () => {
  const faults: [path: string, name: string, fault: WindowsNameFault][] = [
    ...['NUL', 'con.dump', 'aux', 'Com1.tar.gz', 'LPT9', 'com³', 'prn .dump', 'CONOUT$'].map(
      (name): [string, string, WindowsNameFault] => [`C:\\b\\${name}`, name, 'device'],
    ),
    ['C:\\aux\\x.dump', 'aux', 'device'],
    ['d:/nul', 'nul', 'device'],
    ['\\\\.\\PhysicalDrive0', '\\\\.\\PhysicalDrive0', 'device'],
    ['\\\\?\\C:\\b\\nul', 'nul', 'device'],
    ['C:\\b\\file.dump:stream', 'file.dump:stream', 'character'],
    ['C:\\b\\file.dump::$DATA', 'file.dump::$DATA', 'character'],
    ['C:\\a?\\x', 'a?', 'character'],
    ['\\\\nas\\share\\a|b', 'a|b', 'character'],
    ['\\\\?\\UNC\\nas\\share\\a*', 'a*', 'character'],
    ['C:/b\\x<1>', 'x<1>', 'character'],
    ['C:\\b\\x\ty', 'x\ty', 'character'],
    ['C:\\b\\x.dump.', 'x.dump.', 'ending'],
    ['C:\\b\\x.dump ', 'x.dump ', 'ending'],
    ['C:\\b\\...', '...', 'ending'],
    ['C:\\b\\x. \\', 'x. ', 'ending'],
  ];
  for (const [path, name, fault] of faults) {
    it(`are not those in ${JSON.stringify(path)}`, () =>
      assert.deepEqual(windowsNameFault(path), { name, fault }));
  }

  const fine = [
    ...['C:\\b\\x.dump', 'c:/b/x.dump', 'C:\\', '\\\\nas\\share$\\x.dump', '\\\\?\\C:\\b\\x'],
    ...['C:\\b.\\x.dump', 'C:\\b\\.\\..\\x', 'C:\\b\\console.dump', 'C:\\b\\com10', 'C:\\b\\nul_x'],
    // Names of Linux.
    ...['/srv/aux', '/srv/a:b', '/srv/x. ', '//./x:y', '\\\\wsl$\\Ubuntu\\tmp\\a:b'],
    '\\\\wsl.localhost\\Ubuntu\\home\\aux',
  ];
  for (const path of fine) {
    it(`are those in ${JSON.stringify(path)}`, () => assert.equal(windowsNameFault(path), null));
  }
});
