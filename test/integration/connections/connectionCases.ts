import type { PgServer } from '../../support/machine/server';

/** Names of users and databases that a command line, a shell or libpq could misread. */
export const ODD_NAMES = [
  'plain',
  'with space',
  `quo'te "double"`,
  'a=b',
  'host=nowhere.invalid',
  'postgres://nobody@nowhere.invalid/x',
  'postgresql://nowhere.invalid',
  'naïve ✓ таблица 😀',
  '-dash',
  '--help',
  'back\\slash \\',
  'new\nline',
  '$HOME `id` %PATH% ;',
];

/** URLs of a server, as libpq takes and refuses them. */
export function urlsOf(server: PgServer): string[] {
  const at = `${server.host}:${server.port}`;
  const socket = encodeURIComponent(server.socketDir);
  return [
    `postgresql://postgres@${at}`,
    `postgres://postgres@${at}/`,
    `postgresql://postgres:@${at}/postgres`,
    `postgresql://p%6fstgres@${at}/with%20space`,
    `postgresql://${at}/a%3Db?user=postgres`,
    `postgresql://postgres@${at}/postgres?dbname=plain`,
    `postgresql://postgres@nowhere.invalid:1,${at}/plain`,
    `postgresql://postgres@127.0.0.1:1,${at}/plain?target_session_attrs=read-write`,
    `postgresql://postgres@:${server.port}/plain?host=${server.host}`,
    `postgresql:///plain?host=${socket}&port=${server.port}&user=postgres`,
    `postgresql://postgres@${socket}:${server.port}/plain`,
    `postgresql://postgres@${at}/plain?keepalives_idle=60`,
    `postgresql://postgres@${at}/plain?sslmode=disable&connect_timeout=3&`,
    `postgresql://postgres@nowhere.invalid/plain?hostaddr=${server.host}&port=${server.port}`,
    // Refused by libpq and by the extension.
    `postgresql://postgres@${at}/plain?nonsense=1`,
    `postgresql://postgres@${at}/plain?user`,
    `postgresql://postgres@${at}/plain?user=a=b`,
    `postgresql://postgres@${at}/pl%zzain`,
    `postgresql://postgres@${at}/pl%00ain`,
    `postgresql://postgres@${at}/pl ain`,
    `postgresql://postgres@[::1/plain`,
    `postgresql://postgres@${server.host}:port/plain`,
    `postgresql://postgres@${at}/plain?sslmode=maybe`,
  ];
}
