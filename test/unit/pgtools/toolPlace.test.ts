import assert from 'node:assert/strict';
import path from 'node:path';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import {
  placedArgs,
  placedFile,
  placedTool,
  typedCommand,
} from '../../../src/core/pgtools/args/toolPlace';
import {
  dialFrom,
  fullImageName,
  holdsServer,
  readInspected,
  toolsContainer,
} from '../../../src/core/pgtools/locate/containers';
import { readFound } from '../../../src/core/connections/elsewhere/placedTools';
import { endArgs, placedStart } from '../../../src/core/pgtools/locate/startPlaced';
import { itNeeds } from '../../support/needs';

describe('tools elsewhere', () => {
  const db = { by: 'docker', name: 'db' } as const;
  const dump = { ...db, path: '/usr/lib/postgresql/17/bin/pg_dump' };

  it('are written as one text, which no path of this machine is', () => {
    for (const path of ['/usr/bin/pg_dump', "/opt/it's a:b/pg_dump"]) {
      assert.deepEqual(placedTool(placedFile(db, path)), { ...db, path });
    }
    const own = [
      '/usr/bin/docker:db:/x',
      'C:\\Program Files\\PostgreSQL\\17\\bin\\pg_dump.exe',
      'docker:db',
      'docker:--privileged:/bin/sh',
      'docker:a b:/bin/sh',
      'other:db:/bin/sh',
      'docker::/bin/sh',
    ];
    for (const file of own) assert.equal(placedTool(file), null, file);
  });

  it('are run by streams, never by a terminal, and never with a secret in the arguments', () => {
    assert.deepEqual(placedArgs(dump, ['--dbname=shop'], ['PGPASSWORD']), [
      ...['exec', '-i', '--env=PGPASSWORD', 'db', dump.path, '--dbname=shop'],
    ]);
    assert.deepEqual(typedCommand(placedFile(db, dump.path), ['x']), [
      ...['docker', 'exec', '-i', '--env=PGPASSWORD', 'db', dump.path, 'x'],
    ]);
    assert.deepEqual(typedCommand('/usr/bin/pg_dump', ['x']), ['/usr/bin/pg_dump', 'x']);
  });

  itNeeds(
    'scripts as programs',
    'get by name the variables of libpq, and none that names a file of this machine',
    () => {
      const dir = mkdtempSync(path.join(tmpdir(), 'pg-engine-'));
      try {
        writeFileSync(path.join(dir, 'docker'), '', { mode: 0o755 });
        const env = {
          ...{ PATH: dir, HOME: '/home/me', DOCKER_HOST: 'tcp://x', PGPASSWORD: 'secret' },
          ...{ PGSSLMODE: 'require', PGPASSFILE: '/home/me/.pgpass', PGSSLROOTCERT: '/ca' },
        };
        const start = placedStart(dump, ['-l'], env);
        assert.equal(start.file, path.join(dir, 'docker'));
        assert.deepEqual(start.args.filter((one) => one.startsWith('--env')).sort(), [
          ...['--env=LC_ALL', '--env=PGBACKUP_RUN', '--env=PGPASSWORD', '--env=PGSSLMODE'],
        ]);
        assert.ok(!start.args.join(' ').includes('secret'));
        assert.equal(start.env['PGPASSWORD'], 'secret');
        assert.equal(start.env['PGSSLROOTCERT'], undefined);
        const end = endArgs(start.run, 'INT');
        assert.deepEqual(end.slice(-3), ['sh', start.run.mark, 'INT']);
      } finally {
        rmSync(dir, { recursive: true });
      }
    },
  );

  it('of WSL are started by wsl.exe without a shell', () => {
    const tool = { by: 'wsl', name: 'Ubuntu-22.04', path: '/usr/bin/pg_dump' } as const;
    assert.deepEqual(placedArgs(tool, ['--dbname=a b'], ['PGPASSWORD']), [
      ...['-d', 'Ubuntu-22.04', '-e', '/usr/bin/pg_dump', '--dbname=a b'],
    ]);
    assert.equal(typedCommand(placedFile(tool, tool.path), [])[0], 'wsl.exe');
  });

  it('are listed by folder and version; a line that is no tool is none', () => {
    const text = [
      '/usr/lib/postgresql/17/bin/pg_dump|pg_dump (PostgreSQL) 17.6 (Debian 17.6-1)',
      '/usr/lib/postgresql/17/bin/psql|psql (PostgreSQL) 17.6 (Debian 17.6-1)',
      '/usr/lib/postgresql/17/bin/psql|psql (PostgreSQL) 17.6 (Debian 17.6-1)',
      '/usr/local/bin/pg_dump|pg_dump (PostgreSQL) 16.1',
      '/usr/bin/psql|bash: not found',
      '/usr/bin/psql|pg_dump (PostgreSQL) 17.6',
      'noise',
    ].join('\n');
    assert.deepEqual(
      readFound(db, text).map(({ dir, version, tools }) => [dir, version.text, tools]),
      [
        [
          'docker:db:/usr/lib/postgresql/17/bin',
          '17.6',
          {
            pg_dump: 'docker:db:/usr/lib/postgresql/17/bin/pg_dump',
            psql: 'docker:db:/usr/lib/postgresql/17/bin/psql',
          },
        ],
        ['docker:db:/usr/local/bin', '16.1', { pg_dump: 'docker:db:/usr/local/bin/pg_dump' }],
      ],
    );
  });
});

describe('running containers', () => {
  const published = [
    { HostIp: '0.0.0.0', HostPort: '5433' },
    { HostIp: '::', HostPort: '5433' },
  ];
  const docker = {
    Id: 'a1',
    Name: '/db',
    Path: 'docker-entrypoint.sh',
    Args: ['postgres'],
    State: { Running: true },
    Config: {
      Image: 'postgres:17',
      Env: ['PATH=/bin', 'POSTGRES_USER=ann', 'POSTGRES_PASSWORD=a=b', 'POSTGRES_DB='],
    },
    HostConfig: { NetworkMode: 'bridge' },
    NetworkSettings: { Ports: { '5432/tcp': published, '9/udp': published, '80/tcp': null } },
  };
  const podman = {
    Id: 'b2',
    Name: 'db',
    State: { Running: true },
    ImageName: 'docker.io/library/postgres:17',
    Config: { Image: 'docker.io/library/postgres:17' },
    HostConfig: { NetworkMode: 'host' },
    NetworkSettings: {},
  };

  it('are read from what docker and podman print', () => {
    const ports = [{ inside: 5432, outside: 5433 }];
    const environment = new Map([
      ['POSTGRES_USER', 'ann'],
      ['POSTGRES_PASSWORD', 'a=b'],
    ]);
    const command = ['docker-entrypoint.sh', 'postgres'];
    const whole = { image: 'postgres:17', command, hostNetwork: false, ports, environment };
    assert.deepEqual(readInspected('docker', JSON.stringify([docker])), [
      { by: 'docker', id: 'a1', name: 'db', ...whole },
    ]);
    assert.deepEqual(
      readInspected('podman', JSON.stringify([podman])).map((one) => [one.hostNetwork, one.ports]),
      [[true, []]],
    );
    const others = ['', '[]', '{}', '[{}]', '[{"Id":1}]', 'Error: no such container'];
    for (const text of others) assert.deepEqual(readInspected('docker', text), [], text);
    const hostile = [
      { ...docker, State: { Running: false } },
      { ...docker, Name: '/--privileged' },
      { ...docker, Name: '/a b' },
    ];
    for (const one of hostile) {
      assert.deepEqual(readInspected('docker', JSON.stringify([one])), [], one.Name);
    }
  });

  const address = (
    host: string,
    port = '',
    address = '',
  ): Parameters<typeof dialFrom>[1][number] => ({
    host,
    port,
    address,
  });
  const inside = { host: '127.0.0.1', port: 5432 };
  const dialled: [string, Parameters<typeof dialFrom>[1], typeof inside | null][] = [
    ['its published port', [address('127.0.0.1', '5433')], inside],
    ['by another name of this machine', [address('localhost', '5433')], inside],
    ['by IPv6', [address('::1', '5433')], inside],
    ['by an address beside a name', [address('db.example', '5433', '127.0.0.1')], inside],
    ['another port', [address('127.0.0.1', '5434')], null],
    ['the usual port, which it does not publish', [address('localhost')], null],
    ['the same port of another machine', [address('db.example', '5433')], null],
    ['a name that leads elsewhere', [address('localhost', '5433', '10.0.0.1')], null],
    ['several servers', [address('localhost', '5433'), address('other', '5433')], null],
    ['a socket', [address('/run/postgresql', '5433')], null],
  ];
  const [container] = readInspected('docker', JSON.stringify([docker]));
  assert.ok(container);
  for (const [what, hosts, expected] of dialled) {
    it(`are dialled from within: ${what}`, () => {
      assert.deepEqual(dialFrom(container, hosts), expected);
      assert.equal(holdsServer(container, hosts), expected !== null);
    });
  }

  it('hold a server that is called like them', () => {
    assert.equal(holdsServer(container, [address('db', '5432')]), true);
    assert.equal(dialFrom(container, [address('db', '5432')]), null);
  });

  it('with the network of their machine see the server as this machine does', () => {
    assert.equal(
      dialFrom({ ...container, hostNetwork: true }, [address('localhost', '5433')]),
      null,
    );
  });

  for (const [image, full] of [
    ['postgres:17', 'docker.io/library/postgres:17'],
    ['bitnami/postgresql', 'docker.io/bitnami/postgresql'],
    ['localhost/mine', 'localhost/mine'],
    ['registry.example:5000/a/b:1', 'registry.example:5000/a/b:1'],
  ] as const) {
    it(`of the image ${image} are of ${full}`, () => {
      assert.equal(fullImageName(image), full);
      assert.match(toolsContainer(image), /^pgbackup-tools-[A-Za-z0-9_.-]+$/);
    });
  }
});
