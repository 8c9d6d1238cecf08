import type { FoundConnection } from '../../../../src/core/connections/find/found';

/** `at: user:password@host:port/database`, with what else is stated behind it. */
export function shown({ at, connection: { profile, password } }: FoundConnection): string {
  const { host = '', port, database, user, ...rest } = profile;
  const who = user === undefined ? '' : `${user}${password === undefined ? '' : `:${password}`}@`;
  const more = Object.entries(rest).map(
    ([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const where = `${host}${port === undefined ? '' : `:${port}`}`;
  return `${at}: ${who}${where}${database === undefined ? '' : `/${database}`}${more.join('')}`;
}
