import { dictionary } from '../dictionary';

/** Settings of a connection that decide which variables it inherits. */
export interface StatedSettings {
  host: boolean;
  hostaddr: boolean;
  port: boolean;
  service: boolean;
  sslMode: boolean;
  /** disable, allow or prefer: libpq refuses to combine these with direct TLS negotiation. */
  weakSslMode: boolean;
  password: boolean;
  /** The connection names no server, or the same one as the environment. */
  inheritedPlace: boolean;
  /** The connection is a workspace's, which must not weaken the user's own requirements. */
  guarded: boolean;
}

/** Settings for a tool that does not connect. */
export const NO_CONNECTION: StatedSettings = {
  host: false,
  hostaddr: false,
  port: false,
  service: false,
  sslMode: false,
  weakSslMode: false,
  password: false,
  inheritedPlace: false,
  guarded: true,
};

type Rule = (stated: StatedSettings, value: string) => boolean;

const always: Rule = () => true;
/** The connection does not say which server it means. */
const whereIsOpen: Rule = (s) => !s.host && !s.hostaddr && !s.service;

/**
 * Which inherited `PG*` variables a tool gets; one that is not listed is dropped, so that what a
 * later libpq invents cannot redirect a connection. libpq's order is: connection string or
 * argument, then service file, then environment, then built-in default. So a variable can harm in
 * two ways: a *service file* beats other variables (and may hold `hostaddr`), and `hostaddr` beats
 * `host` wherever each comes from.
 *
 * | variable | kept when | why |
 * |---|---|---|
 * | PGUSER, PGDATABASE | always | arguments win over them; they fill what is left out |
 * | PGHOST | no address alone is stated | the password of its name would go to that address |
 * | PGPORT | always, a list only with an inherited host list | a list must match the hosts' number |
 * | PGHOSTADDR | the connection says nothing about where | it is dialled instead of the stated host |
 * | PGSERVICE | … nor names a port | its section may hold hostaddr, options, sslmode |
 * | PGSERVICEFILE, PGSYSCONFDIR | always | say only where sections are looked up |
 * | PGTARGETSESSIONATTRS, PGLOADBALANCEHOSTS | … says nothing about where | choose among hosts |
 * | PGOPTIONS | never | sets roles, search paths, timeouts behind the connection's back |
 * | PGPASSWORD | no password is stored, and the server is the environment's own | it says for no host |
 * | PGPASSFILE | always | it says for which hosts; PGPASSWORD, which we set, wins over it |
 * | PGSSLMODE, PGREQUIRESSL | no sslMode is stated | a workspace states none that is weaker |
 * | PGGSSENCMODE | no sslMode is stated, or `require` over a workspace | GSS encryption takes TLS's place |
 * | PGSSLNEGOTIATION | no weak sslMode is stated | libpq refuses the pair |
 * | PGSSLROOTCERT, PGSSLCERT, PGSSLKEY | always | replaced where stated |
 * | PGSSLCRL…, PGREQUIREPEER, PGREQUIREAUTH, PGCHANNELBINDING, PGKRBSRVNAME, … | always | how to prove who we are and who they are, never where to |
 * | PGAPPNAME, PGCONNECT_TIMEOUT | never | set by us |
 * | PGCLIENTENCODING, PGDATESTYLE, PGTZ, PGGEQO | never | change what a dump contains |
 * | PG_COLOR, PG_COLORS, PSQL*, PGLOCALEDIR | never | change what the tools print |
 */
const rules = dictionary<Rule>({
  PGHOST: (s) => s.host || !s.hostaddr,
  PGUSER: always,
  PGDATABASE: always,
  PGPORT: (s, value) => !value.includes(',') || whereIsOpen(s, value),
  PGHOSTADDR: whereIsOpen,
  PGSERVICE: (s, value) => whereIsOpen(s, value) && !s.port,
  PGSERVICEFILE: always,
  PGSYSCONFDIR: always,
  PGTARGETSESSIONATTRS: whereIsOpen,
  PGLOADBALANCEHOSTS: whereIsOpen,
  PGPASSWORD: (s) => !s.password && s.inheritedPlace,
  PGPASSFILE: always,
  PGSSLMODE: (s) => !s.sslMode,
  PGREQUIRESSL: (s) => !s.sslMode,
  PGGSSENCMODE: (s, value) => !s.sslMode || (s.guarded && value === 'require'),
  PGSSLNEGOTIATION: (s) => !s.weakSslMode,
  PGSSLROOTCERT: always,
  PGSSLCERT: always,
  PGSSLKEY: always,
  PGSSLCOMPRESSION: always,
  PGSSLCERTMODE: always,
  PGSSLCRL: always,
  PGSSLCRLDIR: always,
  PGSSLSNI: always,
  PGSSLMINPROTOCOLVERSION: always,
  PGSSLMAXPROTOCOLVERSION: always,
  PGMINPROTOCOLVERSION: always,
  PGMAXPROTOCOLVERSION: always,
  PGREQUIREPEER: always,
  PGREQUIREAUTH: always,
  PGCHANNELBINDING: always,
  PGKRBSRVNAME: always,
  PGGSSLIB: always,
  PGGSSDELEGATION: always,
});

/** The non-empty inherited variables that are libpq's. */
export function libpqVariables(
  inherited: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    const canonical = platform === 'win32' ? name.toUpperCase() : name;
    if (canonical.startsWith('PG') && value) env[canonical] = value;
  }
  return env;
}

/**
 * The environment for a tool, before the connection's own variables are added. Messages must be in
 * English, because `pgtools/stderr/` reads them. LC_ALL and LANGUAGE would override LC_MESSAGES, so
 * they are removed, and the character set of LC_ALL moves to LC_CTYPE. (LC_ALL=C.UTF-8 would work on
 * Linux only: macOS has no such locale.)
 */
export function scrubEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
  stated: StatedSettings,
  platform: NodeJS.Platform,
): Record<string, string> {
  const env: Record<string, string> = {};
  let allLocales: string | undefined;
  for (const [name, value] of Object.entries(inherited)) {
    if (value === undefined) continue;
    // On Windows the names of variables are case-insensitive.
    const canonical = platform === 'win32' ? name.toUpperCase() : name;
    if (canonical === 'LC_ALL') allLocales = value;
    if (['LC_ALL', 'LC_MESSAGES', 'LANGUAGE'].includes(canonical)) continue;
    if (/^(PG|PSQL)[A-Z_]*$/.test(canonical)) {
      // An empty variable counts as absent; libpq would take some of them for values (PGHOST=).
      if (value !== '' && rules[canonical]?.(stated, value) === true) env[canonical] = value;
    } else {
      env[name] = value;
    }
  }
  if (allLocales !== undefined && allLocales !== '') env['LC_CTYPE'] = allLocales;
  env['LC_MESSAGES'] = 'C';
  return env;
}
