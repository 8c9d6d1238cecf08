import assert from 'node:assert/strict';
import { mergeConnections } from '../../../src/core/connections/mergeConnections';

type Scope = 'user' | 'workspace' | 'folder';

/** `scope:index` of a place, with the folder where there is one. */
const at = (place: { scope: Scope; folder: string; index: number }): string =>
  `${place.scope}${place.folder && `(${place.folder})`}:${place.index}`;
const from = (
  scope: Scope,
  value: unknown,
  folder = '',
): Parameters<typeof mergeConnections>[0] => [{ scope, folder, value }];
const named = (id: string, name: string): object => ({ id, name });

describe('Connections of several settings files', () => {
  const cases: {
    title: string;
    sources: ReturnType<typeof from>;
    /** `name@place`, and what it hides. */
    connections: string[];
    problems?: string[];
  }[] = [
    { title: 'none at all', sources: [], connections: [] },
    {
      title: 'files without the setting',
      sources: [...from('user', undefined), ...from('workspace', null)],
      connections: [],
    },
    {
      title: 'both lists, the more specific first',
      sources: [...from('user', [named('a', 'A')]), ...from('workspace', [named('b', 'B')])],
      connections: ['B@workspace:0', 'A@user:0'],
    },
    {
      title: 'the most specific entry of an id, which says what it hides',
      sources: [
        ...from('user', [named('x', 'X'), named('a', 'user')]),
        ...from('workspace', [named('a', 'workspace')]),
        ...from('folder', [named('b', 'B'), named('a', 'folder')], 'one'),
      ],
      connections: ['B@folder(one):0', 'folder@folder(one):1 > workspace:0 user:1', 'X@user:0'],
    },
    {
      title: 'the first folder before the second',
      sources: [
        ...from('folder', [named('a', 'first')], 'one'),
        ...from('folder', [named('a', 'second'), named('b', 'B')], 'two'),
      ],
      connections: ['first@folder(one):0 > folder(two):0', 'B@folder(two):1'],
    },
    {
      title: 'an entry that cannot be used, which hides the other all the same',
      sources: [
        ...from('user', [named('a', 'A'), named('b', 'B')]),
        ...from('workspace', [{ id: 'a', readOnly: 'yes', port: 0 }]),
      ],
      connections: ['B@user:1'],
      problems: ['badPort a@workspace:0 > user:0', 'badReadOnly a@workspace:0 > user:0'],
    },
    {
      title: 'what is wrong in a hidden entry is of no interest',
      sources: [
        ...from('user', [{ id: 'a', port: 'x', sslMode: 'y' }]),
        ...from('workspace', [named('a', 'A')]),
      ],
      connections: ['A@workspace:0 > user:0'],
    },
    {
      title: 'a list that is none does not touch the others',
      sources: [...from('user', [named('a', 'A')]), ...from('workspace', { id: 'a' })],
      connections: ['A@user:0'],
      problems: ['notAnArray @workspace:-1'],
    },
    {
      title: 'an id twice in one file, and once in another',
      sources: [
        ...from('user', [named('a', 'user')]),
        ...from('workspace', [null, named('a', 'first'), named('a', 'second')]),
      ],
      connections: ['first@workspace:1 > user:0'],
      problems: ['notAnObject @workspace:0', 'duplicateId a@workspace:2'],
    },
    {
      title: 'a warning leaves the entry as it is',
      sources: [
        ...from('user', [named('a', 'user')]),
        ...from('workspace', [{ id: 'a', name: 'A', color: 'red' }]),
      ],
      connections: ['A@workspace:0 > user:0'],
      problems: ['unknownKey a@workspace:0'],
    },
    {
      title: 'ids that objects have by themselves',
      sources: [
        ...from('user', [named('constructor', 'C'), named('__proto__', 'P')]),
        ...from('workspace', [named('toString', 'T'), named('constructor', 'W')]),
      ],
      connections: ['T@workspace:0', 'W@workspace:1 > user:0', 'P@user:1'],
    },
  ];

  for (const { title, sources, connections, problems = [] } of cases) {
    it(title, () => {
      const hides = (places: Parameters<typeof at>[0][]): string =>
        places.length === 0 ? '' : ` > ${places.map(at).join(' ')}`;
      const merged = mergeConnections(sources);
      assert.deepEqual(
        merged.connections.map(
          ({ profile, place, hides: hidden }) =>
            `${profile.name ?? profile.id}@${at(place)}${hides([...hidden])}`,
        ),
        connections,
      );
      assert.deepEqual(
        merged.problems.map(
          ({ problem, id = '', place, hides: hidden }) =>
            `${problem} ${id}@${at(place)}${hides([...hidden])}`,
        ),
        problems,
      );
    });
  }
});
