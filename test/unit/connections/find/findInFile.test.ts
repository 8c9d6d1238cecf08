import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findInFile, variablesOf } from '../../../../src/core/connections/find/findInFile';
import { projectFiles } from '../../../../src/core/connections/find/projectFiles';
import { findInExtensionSettings } from '../../../../src/core/connections/find/otherFiles';
import { shown } from './shown';

interface Project {
  file: string;
  text: string;
  /** Of the .env beside it. */
  env?: string;
  found: string[];
}

const projects: Project[] = [
  {
    file: '/shop/.env',
    text: `# local
DATABASE_URL="postgresql://ann:s3cret@localhost:5433/shop?schema=public"
export SHADOW_URL=postgres://ann:x#y@db.example/shadow # not this
REDIS_URL=redis://localhost:6379
API_KEY=abc=def
MAIL_HOST=mail.example`,
    found: [
      'DATABASE_URL: ann:s3cret@localhost:5433/shop',
      'SHADOW_URL: ann:x#y@db.example/shadow',
    ],
  },
  {
    file: '/shop/.env.production',
    text: `DB_CONNECTION=pgsql
DB_HOST=db.example
DB_PORT=5432
DB_DATABASE=shop
DB_USERNAME=ann
DB_PASSWORD='a b$c'`,
    found: ['DB_…: ann:a b$c@db.example:5432/shop'],
  },
  {
    file: '/shop/.env.mysql',
    text: 'DB_CONNECTION=mysql\nDB_HOST=db\nDB_DATABASE=shop\nDB_USERNAME=ann',
    found: [],
  },
  {
    file: '/shop/.env.local',
    text: `POSTGRES_USER=ann
POSTGRES_PASSWORD=x
POSTGRES_DB=shop
POSTGRES_HOST=localhost
DATABASE_URL=postgres://\${POSTGRES_USER}:\${POSTGRES_PASSWORD}@\${POSTGRES_HOST}:5432/\${POSTGRES_DB}
PGHOST=other
PGUSER=bob`,
    found: [
      'DATABASE_URL: ann:x@localhost:5432/shop',
      'POSTGRES_…: ann:x@localhost/shop',
      'PG_…: bob@other',
    ],
  },
  {
    file: '/shop/docker-compose.yml',
    env: 'DB_PASSWORD=s3cret',
    text: `
x-common: &common
  POSTGRES_USER: ann
services:
  db:
    image: postgres:17-alpine
    ports: ["5433:5432"]
    environment:
      <<: *common
      POSTGRES_PASSWORD: \${DB_PASSWORD:-unused}
      POSTGRES_DB: \${DB_NAME:-shop}
  gis:
    image: docker.io/postgis/postgis
    ports:
      - target: 5432
        published: "5444"
    environment:
      - POSTGRES_PASSWORD=x
  hidden:
    image: postgres
  web:
    image: shop
    environment:
      DATABASE_URL: postgres://ann:s3cret@db:5432/shop
      OTHER_URL: postgres://ann@hidden/shop
      FAR_URL: postgres://ann@far.example/shop
  cache:
    image: redis`,
    found: [
      'db: ann:s3cret@localhost:5433/shop',
      'gis: postgres:x@localhost:5444/postgres',
      'web.DATABASE_URL: ann:s3cret@localhost:5433/shop',
      'web.FAR_URL: ann@far.example/shop',
    ],
  },
  {
    file: '/shop/config/database.yml',
    text: `
default: &default
  adapter: postgresql
  pool: <%= ENV.fetch("RAILS_MAX_THREADS") { 5 } %>
development:
  <<: *default
  database: shop_dev
  host: <%= ENV.fetch("DB_HOST") { "localhost" } %>
  username: <%= ENV["DB_USER"] || 'ann' %>
test:
  adapter: sqlite3
  database: db/test.sqlite3
production:
  primary:
    <<: *default
    url: <%= ENV["DATABASE_URL"] %>
  replica:
    <<: *default
    host: replica.example
    database: shop
    username: ann
    password: x
    sslmode: require
<% if false %>
<% end %>`,
    found: [
      'development: ann@localhost/shop_dev',
      'production.primary:  url=${env:DATABASE_URL}',
      'production.replica: ann:x@replica.example/shop sslMode=require',
    ],
  },
  {
    file: '/shop/src/main/resources/application.properties',
    text: `# Spring
spring.datasource.url=jdbc:postgresql://localhost:5433/shop?currentSchema=app
spring.datasource.username=ann
spring.datasource.password=\${DB_PASSWORD:s3cret}
orders.datasource.url = jdbc:mysql://localhost/orders
quarkus.datasource.jdbc.url=jdbc:postgresql://q.example/quarkus
quarkus.datasource.username=quentin`,
    found: [
      'spring.datasource.url: ann:s3cret@localhost:5433/shop',
      'quarkus.datasource.jdbc.url: quentin@q.example/quarkus',
    ],
  },
  {
    file: '/shop/src/main/resources/application-prod.yml',
    text: `
spring:
  datasource:
    url: \${DB_URL:jdbc:postgresql://prod.example/shop}
    username: ann
---
spring:
  r2dbc:
    url: r2dbc:postgresql://r.example/shop
    username: ray`,
    found: ['spring.datasource.url: ann@prod.example/shop', 'spring.r2dbc.url: ray@r.example/shop'],
  },
  {
    file: '/shop/appsettings.Development.json',
    text: `{
  // comment with "quotes"
  "Logging": { "LogLevel": { "Default": "Information" } },
  "ConnectionStrings": {
    "Default": "Host=localhost;Port=5433;Database=shop;Username=ann;Password=a//b", /* x */
    "Legacy": "Server=sql;Initial Catalog=shop;Trusted_Connection=True",
  },
}`,
    found: ['Default: ann:a//b@localhost:5433/shop'],
  },
  {
    file: '/shop/prisma/schema.prisma',
    text: `
datasource db {
  provider  = "postgresql"
  url       = env("DATABASE_URL") // pooled
  directUrl = env("DIRECT_URL")
}
generator client {
  provider = "prisma-client-js"
}
datasource lite {
  provider = "sqlite"
  url = "file:./dev.db"
}`,
    found: ['db.directUrl:  url=${env:DIRECT_URL}', 'db.url:  url=${env:DATABASE_URL}'],
  },
  {
    file: '/home/ann/.pg_service.conf',
    text: '[staging]\nhost=staging.example\npassword=s3cret\n\n[ live ]\n# x\nhost=live',
    found: ['staging:  service=staging', ' live :  service= live '],
  },
  {
    file: '/home/ann/.pgpass',
    text: `# comment
db.example:5433:shop:ann:s3cret
*:*:*:*:anything
db\\:6.example:*:*:bob:x\\:y
[::1]`,
    found: ['db.example: ann@db.example:5433/shop', 'db:6.example: bob@db:6.example'],
  },
  {
    file: '/shop/servers.json',
    text: `{"Servers": {
      "1": {"Name": "Prod", "Group": "Servers", "Host": "db.example", "Port": 5432,
            "MaintenanceDB": "postgres", "Username": "ann", "SSLMode": "prefer",
            "PassFile": "/x"},
      "2": {"Name": "By service", "Service": "staging"},
      "3": {"Name": "Tunnel", "Host": "inner", "UseSSHTunnel": 1}}}`,
    found: ['Prod: ann@db.example:5432/postgres sslMode=prefer', 'By service:  service=staging'],
  },
  {
    file: '/home/ann/General/.dbeaver/data-sources.json',
    text: `{"connections": {
      "a": {"provider": "postgresql", "name": "Shop", "configuration":
        {"host": "db.example", "port": "5432", "database": "shop", "user": "ann"}},
      "b": {"provider": "mysql", "name": "My", "configuration": {"host": "x"}},
      "c": {"provider": "postgresql", "name": "By URL", "configuration":
        {"url": "jdbc:postgresql://u.example/shop"}},
      "d": {"provider": "postgresql", "name": "Tunnel", "configuration": {"host": "inner",
        "handlers": {"ssh_tunnel": {"type": "TUNNEL", "enabled": true}}}}}}`,
    found: ['Shop: ann@db.example:5432/shop', 'By URL: u.example/shop'],
  },
  {
    file: '/shop/config/database.yml',
    text: `default: &default
  adapter: postgresql
  username: ann
  pool: <%= ENV.fetch("THREADS") { 5 } %>
development:
  <<: *default
  database: shop_old
  database: shop
  password: !vault kept
  settings: !!python/tuple [1, !Ref x]`,
    found: ['development: ann:kept@/shop'],
  },
  // Nothing, and no harm
  {
    file: '/shop/database.yml',
    text: [
      'a: &a {x: 1}',
      ...[...'bcdefghij'].map((name, i) => {
        const before = `*${'abcdefghi'[i] ?? ''}`;
        return `${name}: &${name} {p: ${before}, q: ${before}, r: ${before}, s: ${before}, t: ${before}}`;
      }),
    ].join('\n'),
    found: [],
  },
  { file: '/shop/database.yml', text: 'a: &a\n  b: *a', found: [] },
  { file: '/shop/docker-compose.yml', text: 'services: [', found: [] },
  { file: '/shop/docker-compose.yml', text: 'services:\n  db: text\n  x: {image: 5}', found: [] },
  { file: '/shop/compose.yaml', text: '', found: [] },
  { file: '/shop/appsettings.json', text: '{"ConnectionStrings": [1, null]}', found: [] },
  { file: '/shop/servers.json', text: '[{"a": 1}]', found: [] },
  { file: '/shop/data-sources.json', text: 'null', found: [] },
  { file: '/shop/database.yml', text: '- a\n- b', found: [] },
  { file: '/shop/README.md', text: 'postgres://ann:x@db/shop', found: [] },
  // What would be refused when it is pasted.
  { file: '/shop/.env', text: 'X=postgres://db/shop?hostaddr=6.6.6.6', found: [] },
];

describe('findInFile', () => {
  for (const { file, text, env, found } of projects) {
    it(`${found.length} in ${file}: ${text.trim().slice(0, 40)}`, () => {
      const siblings = env === undefined ? undefined : variablesOf(env);
      assert.deepEqual(findInFile(file, text, siblings).map(shown), found);
      // Windows
      assert.equal(findInFile(file.replaceAll('/', '\\'), text, siblings).length, found.length);
    });
  }

  it('takes no time for YAML that stands for a lot', () => {
    const lines = ['a0: &a0 [x]'];
    for (let i = 1; i < 40; i++) lines.push(`a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]`);
    const begin = process.cpuUsage().user;
    assert.deepEqual(findInFile('/shop/compose.yml', lines.join('\n')), []);
    assert.ok((process.cpuUsage().user - begin) / 1000 < 2000);
  });
});

describe('projectFiles', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'project-'));
    const files = [
      '.env',
      'README.md',
      'a/b/c/config/database.yml',
      'node_modules/x/.env',
      '1/2/3/4/5/6/.env',
      '1/2/3/4/5/6/7/.env',
      'prisma/schema.prisma',
    ];
    for (const file of files) {
      await mkdir(path.join(dir, path.dirname(file)), { recursive: true });
      await writeFile(path.join(dir, file), '');
    }
    await symlink(dir, path.join(dir, 'a', 'loop'));
  });
  after(() => rm(dir, { recursive: true }));

  it('finds those that may state connections, near the top first', async () => {
    const found = await projectFiles(dir, new AbortController().signal);
    assert.deepEqual(
      found.map((file) => path.relative(dir, file).replaceAll('\\', '/')),
      ['.env', 'prisma/schema.prisma', 'a/b/c/config/database.yml', '1/2/3/4/5/6/.env'],
    );
    assert.deepEqual(await projectFiles(path.join(dir, 'none'), new AbortController().signal), []);
    assert.deepEqual(await projectFiles(dir, AbortSignal.abort()), []);
  });
});

describe('findInExtensionSettings', () => {
  it('reads those of PostgreSQL alone', () => {
    const settings = [
      {
        name: 'Shop',
        driver: 'PostgreSQL',
        server: 'db',
        port: 5433,
        database: 'shop',
        username: 'ann',
      },
      { name: 'My', driver: 'MySQL', server: 'x' },
      { profileName: 'Azure', server: 'a.example', user: 'bob', database: 'x', sslmode: 'require' },
      { name: 'String', driver: 'PostgreSQL', connectString: 'postgres://u:p@s/d' },
      { name: 'dbcode', type: 'postgres', host: 'h', username: 'u' },
      null,
      'x',
    ];
    assert.deepEqual(findInExtensionSettings(settings).map(shown), [
      'Shop: ann@db:5433/shop',
      'Azure: bob@a.example/x sslMode=require',
      'String: u:p@s/d',
      'dbcode: u@h',
    ]);
    assert.deepEqual(findInExtensionSettings({ a: 1 }), []);
  });
});
