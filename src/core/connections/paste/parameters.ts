import { judgeParameter } from '../url/urlParameters';
import type { Draft } from './draft';
import type { DropReason, RefuseReason } from './pasted';
import { dictionary } from '../../dictionary';

/*
 * The meaning of parameters in connection strings of libpq, JDBC, R2DBC, Npgsql, node-postgres,
 * Prisma, SQLAlchemy and pgx. Names are compared regardless of case, blanks, `_` and `-`.
 */

type Take = (draft: Draft, value: string, name: string, raw: string) => void;

const drop =
  (reason: DropReason): Take =>
  (draft, _value, name) =>
    draft.drop(name, reason);
const refuse =
  (reason: RefuseReason): Take =>
  (draft, value, name) => {
    if (value !== '') draft.refuse(name, reason);
  };
const libpq =
  (keyword: string): Take =>
  (draft, value) => {
    if (value !== '') draft.target.parameters[keyword] = value;
  };

const database: Take = (draft, value) => draft.state('database', value);
const user: Take = (draft, value) => draft.state('user', value);
const password: Take = (draft, value, _name, raw) => draft.statePassword(value, raw);
const keyPassphrase: Take = (draft, value, _name, raw) =>
  draft.statePassword(value, raw, 'keyPassphrase');

/** SQLAlchemy repeats `host`; each value may include a port. */
const host: Take = (draft, value) => {
  const ports: string[] = [];
  const hosts = value.split(',').map((one) => {
    const match = /^(\[[^\]]+\]|[^:]*):(\d+)$/.exec(one);
    ports.push(match?.[2] ?? '');
    return (match?.[1] ?? one).replace(/^\[(.*)\]$/, '$1');
  });
  const before = draft.hostsByParameter ? draft.target.host : undefined;
  draft.hostsByParameter = true;
  draft.state('host', [...(before === undefined ? [] : [before]), ...hosts].join(','));
  if (ports.some((one) => one !== '')) {
    const known = before === undefined ? [] : (draft.target.port ?? '').split(',');
    draft.state('port', [...known, ...ports].join(','));
  }
};

const onOff =
  (on: (draft: Draft) => void): Take =>
  (draft, value, name) => {
    if (/^(?:true|1|yes|on|require|required|t)$/i.test(value)) on(draft);
    else if (/^\s*\{/.test(value)) on(draft);
    else draft.drop(name, 'driver');
  };

const ssl: Take = (draft, value, name) => {
  if (/^(?:verify|prefer|allow|disable)/i.test(value)) draft.stateSslMode(value);
  else onOff((d) => d.requireTls())(draft, value, name, value);
};

/** Prisma's name for the root certificate of the server. */
const sslCert: Take = (draft, value, name) =>
  draft.statePath(draft.dialect === 'prisma' ? 'sslRootCert' : 'sslCert', name, value);

const options: Take = (draft, value, name) => {
  const verdict = judgeParameter('options', value);
  if (verdict === 'kept') draft.target.parameters['options'] = value;
  else if (value !== '') draft.drop(name, 'options');
};

const service: Take = (draft, value) => draft.state('service', value);

/** Which kind of server is wanted. libpq 12 and 13 know `read-write` and `any` only. */
const targetServer: Take = (draft, value, name) => {
  if (/^(?:primary|master|read-?write|preferprimary)$/i.test(value)) {
    draft.target.parameters['target_session_attrs'] = 'read-write';
  } else draft.drop(name, 'driver');
};

const kerberos: Take = (draft, value, name) => {
  if (!/^(?:postgres)?$/i.test(value)) draft.refuse(name, 'delegates');
};

const delegation: Take = (draft, value, name) => {
  if (!/^(?:0|false)?$/i.test(value)) draft.refuse(name, 'delegates');
};

const TABLE = dictionary<Take | undefined>({
  host,
  server: host,
  hostname: host,
  datasource: host,
  address: host,
  hostaddr: (draft, value) => {
    if (value !== '') draft.target.parameters['hostaddr'] = value;
  },
  port: (draft, value) => draft.state('port', value),
  dbname: database,
  database,
  db: database,
  databasename: database,
  initialcatalog: database,
  user,
  username: user,
  userid: user,
  uid: user,
  password,
  passwd: password,
  pwd: password,
  psw: password,
  service,
  pg_service: service,

  sslmode: (draft, value) => draft.stateSslMode(value),
  ssl,
  usessl: ssl,
  requiressl: onOff((draft) => draft.requireTls()),
  encrypt: ssl,
  sslaccept: (draft, value, name) => {
    if (value === 'strict') draft.stateSslMode('verify-full');
    else draft.drop(name, 'driver');
  },
  sslrootcert: (draft, value, name) => draft.statePath('sslRootCert', name, value),
  rootcertificate: (draft, value, name) => draft.statePath('sslRootCert', name, value),
  sslca: (draft, value, name) => draft.statePath('sslRootCert', name, value),
  sslcert: sslCert,
  sslcertificate: sslCert,
  sslkey: (draft, value, name) => draft.statePath('sslKey', name, value),
  sslidentity: drop('keyFormat'),
  sslpassword: keyPassphrase,
  targetservertype: targetServer,
  targetsessionattributes: targetServer,
  channelbinding: (draft, value) => {
    if (value !== '') draft.target.parameters['channel_binding'] = value.toLowerCase();
  },
  requireauth: libpq('require_auth'),
  connecttimeout: drop('ours'),
  timeout: drop('ours'),
  logintimeout: drop('ours'),
  applicationname: drop('ours'),
  fallbackapplicationname: drop('ours'),

  options,
  searchpath: drop('form'),
  schema: drop('form'),
  schemas: drop('form'),
  currentschema: drop('form'),
  clientencoding: drop('form'),
  charset: drop('form'),
  encoding: drop('form'),
  pgbouncer: (draft, value, name) => {
    draft.pooled ||= /^(?:true|1|yes)$/i.test(value);
    draft.drop(name, 'driver');
  },

  passfile: refuse('passwordFile'),
  gsslib: refuse('runsCode'),
  krbsrvname: kerberos,
  kerberosservername: kerberos,
  kerberosservicename: kerberos,
  gssdelegation: delegation,
  oauthissuer: refuse('signIn'),
  oauthclientid: refuse('signIn'),
  oauthscope: refuse('signIn'),
  oauthclientsecret: refuse('signIn'),
  sslkeylogfile: refuse('writesSecrets'),
  // Java classes that the driver would load; the first two can connect to another server.
  socketfactory: refuse('otherAddress'),
  cloudsqlinstance: refuse('otherAddress'),
  socketfactoryarg: refuse('otherAddress'),
  authenticationpluginclassname: refuse('runsCode'),
  sslhostnameverifier: refuse('runsCode'),
  sslpasswordcallback: refuse('runsCode'),
  xmlfactoryfactory: refuse('runsCode'),
  loggerfile: refuse('writesSecrets'),
  scramclientkey: refuse('passwordFile'),
  scramserverkey: refuse('passwordFile'),
});

/**
 * Beginnings of parameter names that only matter to drivers, pools and frameworks, not to a backup:
 * pgjdbc, Npgsql, psqlODBC, Prisma, SQLAlchemy, node-postgres, pgx, Rails, GORM.
 */
const DRIVER = new RegExp(
  `^(?:${[
    ...['pool', 'minpool', 'maxpool', 'minimumpool', 'maximumpool', 'minsize', 'maxsize', 'max'],
    ...['min', 'idle', 'connection', 'conn', 'reconnect', 'retry', 'lifetime', 'multiplexing'],
    ...['statement', 'prepare', 'unprepared', 'autoprepare', 'default', 'description', 'binary'],
    ...['autosave', 'rewrite', 'readonly', 'read', 'write', 'socket', 'cancel', 'command', 'query'],
    ...['log', 'include', 'persistsecurity', 'integratedsecurity', 'trustserver', 'sslfactory'],
    ...['sslresponse', 'gsslibrary', 'jaas', 'usespnego', 'sspi', 'driver', 'provider', 'dsn'],
    ...['uselibpqcompat', 'stringtype', 'assumemin', 'loadbalance', 'hostrecheck', 'tcpkeepalive'],
    ...['tcpnodelay', 'keepalive', 'adaptivefetch', 'noreset', 'enlist', 'internalcommand'],
    ...['async', 'serverversion', 'timezone', 'datestyle', 'locale', 'adapter', 'engine', 'atomic'],
    ...['rejectunauthorized', 'replication', 'array', 'fetch', 'parse', 'lc', 'workload', 'supa'],
    ...['lock', 'work', 'jit', 'plan', 'quotereturning', 'escapesyntax', 'cleanup', 'disable'],
  ].join('|')})`,
);

/**
 * Takes over one parameter, in any driver's spelling.
 *
 * @param raw the value as it is written in the text
 */
export function takeParameter(draft: Draft, name: string, value: string, raw = value): void {
  const key = name.toLowerCase().replace(/[\s_-]/g, '');
  const take = Object.hasOwn(TABLE, key) ? TABLE[key] : undefined;
  if (take !== undefined) {
    take(draft, value, name, raw);
    return;
  }
  // Keywords of libpq that are allowed in settings.
  const keyword = name.toLowerCase();
  const verdict = judgeParameter(keyword, value);
  if (verdict === 'kept') {
    if (value !== '') draft.target.parameters[keyword] = value;
  } else draft.drop(name, DRIVER.test(key) ? 'driver' : 'unknown');
}
