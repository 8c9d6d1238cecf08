import type { Draft } from './draft';
import { takeParameter } from './parameters';
import { dictionary } from '../../dictionary';

/** libpq's variables that say where to connect, and as which user. */
const LIBPQ = dictionary<string | undefined>({
  PGHOST: 'host',
  PGHOSTADDR: 'hostaddr',
  PGPORT: 'port',
  PGDATABASE: 'dbname',
  PGUSER: 'user',
  PGPASSWORD: 'password',
  PGPASSFILE: 'passfile',
  PGSERVICE: 'service',
  PGOPTIONS: 'options',
  PGSSLMODE: 'sslmode',
  PGSSLROOTCERT: 'sslrootcert',
  PGSSLCERT: 'sslcert',
  PGSSLKEY: 'sslkey',
  PGCHANNELBINDING: 'channel_binding',
  PGREQUIREAUTH: 'require_auth',
  PGTARGETSESSIONATTRS: 'target_session_attrs',
  PGGSSENCMODE: 'gssencmode',
});

const GENERAL =
  /^(?<prefix>(?:[A-Z][A-Z0-9]*_)*?(?:POSTGRES(?:QL)?|PG|DB|DATABASE|RDS))_?(?<what>HOST(?:NAME)?|SERVER|ADDR(?:ESS)?|PORT|USER(?:NAME)?|PASS(?:WORD|WD)?|PWD|DB(?:_?NAME)?|NAME|DATABASE|SSL_?MODE)$/;

/** Meaning of a variable, in the terms of connection strings. */
export interface VariableMeaning {
  /** Variables with the same prefix belong to one connection: `POSTGRES`, `DB`. */
  prefix: string;
  parameter: string;
}

/** undefined = the variable's name does not suggest a connection. */
export function variableMeaning(name: string): VariableMeaning | undefined {
  const own = LIBPQ[name];
  if (own !== undefined) return { prefix: 'PG', parameter: own };
  const groups = GENERAL.exec(name.toUpperCase())?.groups;
  if (groups === undefined) return undefined;
  const { prefix = '', what = '' } = groups;
  return { prefix, parameter: parameterOf(what) };
}

function parameterOf(what: string): string {
  if (/^(?:HOST|SERVER|ADDR)/.test(what)) return 'host';
  if (what === 'PORT') return 'port';
  if (what.startsWith('USER')) return 'user';
  if (/^(?:PASS|PWD)/.test(what)) return 'password';
  return what.startsWith('SSL') ? 'sslmode' : 'dbname';
}

/** @returns false when no variable describes a connection */
export function takeAssignments(
  draft: Draft,
  assignments: readonly (readonly [name: string, value: string])[],
): boolean {
  let taken = false;
  for (const [name, value] of assignments) {
    const meaning = variableMeaning(name);
    if (meaning === undefined) continue;
    takeParameter(draft, meaning.parameter, value);
    taken = true;
  }
  return taken;
}
