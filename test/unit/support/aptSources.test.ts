import assert from 'node:assert/strict';
import { type AptFile, debianSourcesIn } from '../../support/install/aptSources';

const mirror = 'http://mirror.example';
const both = { archive: `${mirror}/debian`, security: `${mirror}/debian-security` };
const sources = (text: string): AptFile[] => [{ name: 'sources.list.d/debian.sources', text }];
const list = (text: string): AptFile[] => [{ name: 'sources.list', text }];

const cases: [what: string, files: AptFile[], expected: ReturnType<typeof debianSourcesIn>][] = [
  [
    'a list',
    list(
      `deb ${mirror}/debian bookworm main\ndeb ${mirror}/debian-security bookworm-security main`,
    ),
    both,
  ],
  [
    'options, a slash at the end, several components, a remark',
    list(`deb [arch=amd64 signed-by=/k] ${mirror}/debian/ sid contrib main # all\n`),
    both,
  ],
  [
    'paragraphs',
    sources(
      `Types: deb\n# from an image\nURIs: ${mirror}/debian\nSuites: bookworm bookworm-updates\nComponents: main\n\nTypes: deb deb-src\nURIs:\n http://security.example/debian-security\nSuites: bookworm-security\nComponents: main\n`,
    ),
    { ...both, security: 'http://security.example/debian-security' },
  ],
  [
    'lists of mirrors',
    sources(
      'Types: deb\nURIs: mirror+file:///etc/apt/mirrors/debian.list\nSuites: bookworm\nComponents: main\n',
    ),
    {
      archive: 'mirror+file:///etc/apt/mirrors/debian.list',
      security: 'mirror+file:///etc/apt/mirrors/debian-security.list',
    },
  ],
  [
    'what is switched off',
    [
      ...sources(`Types: deb\nEnabled: no\nURIs: ${mirror}/debian\nSuites: sid\nComponents: main`),
      ...list(`# deb ${mirror}/debian sid main\ndeb-src ${mirror}/debian sid main`),
      { name: 'sources.list.d/debian.list.disabled', text: `deb ${mirror}/debian sid main` },
    ],
    undefined,
  ],
  [
    'what is not Debian',
    list(`deb ${mirror}/ubuntu noble main\ndeb ${mirror}/linux/debian bookworm stable`),
    undefined,
  ],
];

describe('the package sources of the tests', () => {
  for (const [what, files, expected] of cases) {
    it(`are those of this system: ${what}`, () => {
      assert.deepEqual(debianSourcesIn(files), expected);
    });
  }
});
