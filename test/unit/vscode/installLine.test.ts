import assert from 'node:assert/strict';
import { installLine, type InstallTarget } from '../../../src/vscode/commands/installLine';

const debian = 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\nVERSION_ID="12"\n';

describe('The line that installs the tools', () => {
  const cases: [string, Partial<InstallTarget>, RegExp][] = [
    ['Debian', { osRelease: debian }, /^sudo apt-get install postgresql-client$/],
    ['Debian as root', { osRelease: debian, isRoot: true }, /^apt-get install postgresql-client$/],
    [
      'Debian that needs a major of its own',
      { osRelease: debian, major: 17 },
      /pgdg.* && sudo apt-get install -y postgresql-client-17$/,
    ],
    [
      'Ubuntu by its likeness',
      { osRelease: 'ID=mint\nID_LIKE="ubuntu debian"\n' },
      /^sudo apt-get/,
    ],
    ['Fedora', { osRelease: 'ID=fedora\n' }, /^sudo dnf install postgresql$/],
    [
      'RHEL’s kin',
      { osRelease: 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', major: 16 },
      /dnf install postgresql16$/,
    ],
    ['Alpine', { osRelease: 'ID=alpine\n', major: 17 }, /^sudo apk add postgresql17-client$/],
    ['Arch', { osRelease: 'ID=arch\n' }, /^sudo pacman -S postgresql$/],
    ['macOS', { platform: 'darwin' }, /^brew install libpq$/],
    ['macOS that needs 17', { platform: 'darwin', major: 17 }, /^brew install postgresql@17$/],
    ['Windows', { platform: 'win32', major: 18 }, /^winget install PostgreSQL\.PostgreSQL\.18$/],
  ];
  for (const [system, target, line] of cases) {
    it(`fits ${system}`, () => {
      const machine = { platform: 'linux', osRelease: '', isRoot: false, major: null, ...target };
      assert.match(installLine(machine as InstallTarget), line);
    });
  }
});
