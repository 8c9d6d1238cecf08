import assert from 'node:assert/strict';
import { findInContainers } from '../../../../src/core/connections/find/runningServers';
import { startsServer } from '../../../../src/core/connections/find/serverProcess';
import type { RunningContainer } from '../../../../src/core/pgtools/locate/containers';
import { shown } from './shown';

describe('findInContainers', () => {
  const ports = [{ inside: 5432, outside: 5433 }];
  const running = (image: string, more: Partial<RunningContainer> = {}): RunningContainer => ({
    ...{ by: 'docker', id: '1', name: 'db', image, hostNetwork: false, ports },
    command: ['docker-entrypoint.sh', 'postgres'],
    environment: new Map(),
    ...more,
  });
  const named = new Map([
    ['POSTGRES_USER', 'ann'],
    ['POSTGRES_PASSWORD', 's3cret'],
    ['POSTGRES_DB', 'shop'],
  ]);
  const cases: [string, RunningContainer, string[]][] = [
    ['as it stands', running('postgres:17'), ['db: postgres@localhost:5433/postgres']],
    [
      'with its variables',
      running('docker.io/library/postgres:17', { environment: named }),
      ['db: ann:s3cret@localhost:5433/shop'],
    ],
    [
      'an image of its own',
      running('shop/database', { environment: named }),
      ['db: ann:s3cret@localhost:5433/shop'],
    ],
    [
      "in the machine's network",
      running('postgis/postgis:17-3.5', { hostNetwork: true, ports: [] }),
      ['db: postgres@localhost:5432/postgres'],
    ],
    [
      'at the port of its arguments',
      running('shop/database', {
        hostNetwork: true,
        command: ['docker-entrypoint.sh', 'postgres', '-c', 'port=5440'],
      }),
      ['db: postgres@localhost:5440/postgres'],
    ],
    [
      'at the published one of them',
      running('postgres', {
        command: ['docker-entrypoint.sh', '-p', '5440'],
        ports: [...ports, { inside: 5440, outside: 6543 }],
      }),
      ['db: postgres@localhost:6543/postgres'],
    ],
    [
      'by its image, where its command does not tell',
      running('bitnami/postgresql:17', {
        command: ['/opt/bitnami/scripts/postgresql/entrypoint.sh', '/opt/bitnami/run.sh'],
      }),
      ['db: postgres@localhost:5433/postgres'],
    ],
    ['without a published port', running('postgres:17', { ports: [] }), []],
    ['another program', running('redis:7', { command: ['redis-server'] }), []],
    [
      'a client in the machine’s network that has its password',
      running('shop/web', { hostNetwork: true, environment: named, command: ['node', 'x.js'] }),
      [],
    ],
    [
      'tools in an image of the server',
      running('postgres:17', { hostNetwork: true, command: ['/bin/sh', '-c', 'sleep 60'] }),
      [],
    ],
  ];
  for (const [what, container, expected] of cases) {
    it(`finds a server: ${what}`, () =>
      assert.deepEqual(findInContainers([container]).map(shown), expected));
  }
});

describe('startsServer', () => {
  const cases: [command: string[], expected: boolean | null][] = [
    [['docker-entrypoint.sh', 'postgres'], true],
    [['docker-entrypoint.sh', 'postgres', '-c', 'wal_level=logical'], true],
    [['/usr/lib/postgresql/17/bin/postgres', '-D', '/data'], true],
    [['tini', '--', 'docker-entrypoint.sh', 'postgres'], true],
    [['gosu', 'postgres', 'postgres'], true],
    [['sh', '-c', 'initdb && exec postgres -D /data'], true],
    [['bash', '-lc', 'PGPORT=1 gosu postgres pg_ctl start; tail -f log'], true],
    [['docker-entrypoint.sh', '-c', 'shared_buffers=1GB'], null],
    [['/opt/bitnami/entrypoint.sh', '/opt/bitnami/run.sh'], null],
    [['sh', '/start.sh'], null],
    [['/init'], null],
    [[], null],
    [['docker-entrypoint.sh', 'pg_dump', '-U', 'postgres', 'shop'], false],
    [['docker-entrypoint.sh', 'psql', 'postgres'], false],
    [['gosu', 'postgres', 'sleep', 'infinity'], false],
    [['sh', '-c', 'while true; do psql -h db postgres; sleep 5; done'], false],
    [['bash'], false],
    [['tail', '-f', '/dev/null'], false],
  ];
  for (const [command, expected] of cases) {
    it(`${command.join(' ') || 'nothing'}: ${expected}`, () =>
      assert.equal(startsServer(command), expected));
  }
});
