import type { PastedProfile } from '../../../../src/core/connections/paste/pasted';

const shop: PastedProfile = { host: 'db', port: 5433, database: 'shop', user: 'ann' };
const local: PastedProfile = { host: 'localhost', database: 'shop' };

/** A text that is taken, and what is made of it. */
interface Taken {
  text: string;
  profile: PastedProfile;
  password?: string;
  keyPassphrase?: string;
  /** `name: reason` */
  dropped?: string[];
}

export const taken: Taken[] = [
  // URLs of libpq, and what people do to them.
  { text: 'postgresql://ann:s3cret@db:5433/shop', profile: shop, password: 's3cret' },
  { text: 'postgres://ann:s3cret@db:5433/shop', profile: shop, password: 's3cret' },
  { text: '  postgres://ann@db:5433/shop\n', profile: shop },
  { text: '"postgres://ann:s3cret@db:5433/shop"', profile: shop, password: 's3cret' },
  { text: "'postgres://ann:s3cret@db:5433/shop';", profile: shop, password: 's3cret' },
  { text: '“postgres://ann:s3cret@db:5433/shop”', profile: shop, password: 's3cret' },
  { text: '`postgres://ann:s3cret@db:5433/shop`,', profile: shop, password: 's3cret' },
  { text: '\u200bpostgres://ann@db:5433/shop\u200b', profile: shop },
  { text: 'POSTGRES://ann@db:5433/shop', profile: shop },
  { text: 'postgres://ann:p%40ss%2Fw%3A%23@db:5433/shop', profile: shop, password: 'p@ss/w:#' },
  { text: 'postgres://ann:p@ss@db:5433/shop', profile: shop, password: 'p@ss' },
  { text: 'postgres://ann:p/ss@db:5433/shop', profile: shop, password: 'p/ss' },
  { text: 'postgres://ann:4711/Secret@db:5433/shop', profile: shop, password: '4711/Secret' },
  { text: 'postgres://ann:p:s:s@db:5433/shop', profile: shop, password: 'p:s:s' },
  { text: 'postgres://ann:p#ss@db:5433/shop', profile: shop, password: 'p#ss' },
  { text: 'postgres://ann:p?a=b&c@db:5433/shop', profile: shop, password: 'p?a=b&c' },
  { text: 'postgres://ann:a@b/c#d?e@db:5433/shop', profile: shop, password: 'a@b/c#d?e' },
  { text: 'postgres://ann:100%@db:5433/shop', profile: shop, password: '100%' },
  { text: 'postgres://ann:a+b@db:5433/shop', profile: shop, password: 'a+b' },
  { text: 'postgres://ann:a b@db:5433/shop', profile: shop, password: 'a b' },
  { text: 'postgres://ann:ünï@db:5433/shop', profile: shop, password: 'ünï' },
  { text: 'postgres://ann:[x]@db:5433/shop', profile: shop, password: '[x]' },
  { text: 'postgres://ann:@db:5433/shop', profile: shop },
  {
    text: 'postgres://ann%40corp:x@db/shop',
    profile: { host: 'db', database: 'shop', user: 'ann@corp' },
    password: 'x',
  },
  {
    text: 'postgres://db/shop?user=ann@corp',
    profile: { host: 'db', database: 'shop', user: 'ann@corp' },
  },
  { text: 'postgres://db:5433/shop?user=ann&password=x', profile: shop, password: 'x' },
  { text: 'postgres://ann@db:5433/shop#main', profile: shop, dropped: ['#: fragment'] },
  {
    text: 'postgres://ann@db:5433/shop?sslmode=require#x',
    profile: { ...shop, sslMode: 'require' },
    dropped: ['#: fragment'],
  },
  { text: 'postgres://localhost/shop', profile: local },
  { text: 'postgres:///shop', profile: { database: 'shop' } },
  {
    text: 'postgres://[2001:db8::1]:5433/shop',
    profile: { host: '2001:db8::1', port: 5433, database: 'shop' },
  },
  {
    text: 'postgres://ann@a:1,b:2/shop',
    profile: { url: 'postgresql://ann@a:1,b:2/shop' },
  },
  {
    text: 'postgres://ann@a,[::1]:2/shop?target_session_attrs=read-write',
    profile: { url: 'postgresql://ann@a,[::1]:2/shop?target_session_attrs=read-write' },
  },
  {
    text: 'postgresql:///shop?host=/var/run/postgresql',
    profile: { host: '/var/run/postgresql', database: 'shop' },
  },
  {
    text: 'postgresql://%2Fvar%2Frun%2Fpostgresql/shop',
    profile: { host: '/var/run/postgresql', database: 'shop' },
  },
  { text: 'postgresql:///?service=staging', profile: { service: 'staging' } },
  {
    text: 'postgresql://db/shop?sslmode=verify-full&sslrootcert=/etc/ca.pem',
    profile: {
      host: 'db',
      database: 'shop',
      sslMode: 'verify-full',
      sslRootCert: '/etc/ca.pem',
    },
  },
  {
    text: 'postgresql://db/shop?sslcert=client.crt&sslkey=~/client.key&sslpassword=k3y',
    profile: { host: 'db', database: 'shop', sslKey: '~/client.key' },
    keyPassphrase: 'k3y',
    dropped: ['sslcert: relativePath'],
  },
  {
    text: 'postgresql://db/shop?options=-c%20search_path%3Dx&application_name=web&nonsense=1',
    profile: { host: 'db', database: 'shop' },
    dropped: ['options: options', 'application_name: ours', 'nonsense: unknown'],
  },
  {
    text: 'postgresql://db/shop?options=endpoint%3Dep-a-1',
    profile: { url: 'postgresql://db/shop?options=endpoint%3Dep-a-1' },
  },
  {
    text: 'postgresql://db/shop?krbsrvname=postgres&gssencmode=disable',
    profile: { url: 'postgresql://db/shop?gssencmode=disable' },
  },
  // JDBC, R2DBC
  {
    text: 'jdbc:postgresql://db:5433/shop?user=ann&password=s3cret',
    profile: shop,
    password: 's3cret',
  },
  { text: 'jdbc:postgresql://db:5433/shop?user=ann&password=a+b', profile: shop, password: 'a b' },
  { text: 'jdbc:postgresql:shop', profile: { database: 'shop' } },
  { text: 'jdbc:postgresql://localhost/shop', profile: local },
  {
    text: 'jdbc:postgresql://localhost/shop?ssl=true&sslfactory=org.postgresql.ssl.NonValidatingFactory',
    profile: { ...local, sslMode: 'require' },
    dropped: ['sslfactory: driver'],
  },
  {
    text: 'jdbc:postgresql://localhost/shop?currentSchema=app&prepareThreshold=0&ApplicationName=x&sslkey=/k.pk8',
    profile: local,
    dropped: [
      'currentSchema: form',
      'prepareThreshold: driver',
      'ApplicationName: ours',
      'sslkey: keyFormat',
    ],
  },
  {
    text: 'jdbc:postgresql://a:1,b:2/shop?targetServerType=primary',
    profile: { url: 'postgresql://a:1,b:2/shop?target_session_attrs=read-write' },
  },
  { text: 'r2dbc:pool:postgresql://ann:x@db:5433/shop', profile: shop, password: 'x' },
  {
    text: 'vertx-reactive:postgresql://db:5433/shop',
    profile: { host: 'db', port: 5433, database: 'shop' },
  },
  // SQLAlchemy, Django, Rails, Elixir
  { text: 'postgresql+asyncpg://ann:x@db:5433/shop', profile: shop, password: 'x' },
  { text: 'postgresql+psycopg2://ann:x@db:5433/shop', profile: shop, password: 'x' },
  { text: 'postgres+psycopg_async://ann:x@db:5433/shop', profile: shop, password: 'x' },
  {
    text: 'postgresql+asyncpg://ann@db:5433/shop?ssl=require&prepared_statement_cache_size=0',
    profile: { ...shop, sslMode: 'require' },
    dropped: ['prepared_statement_cache_size: driver'],
  },
  {
    text: 'postgresql+psycopg2://ann@/shop?host=a:1&host=b:2',
    profile: { url: 'postgresql://ann@a:1,b:2/shop' },
  },
  { text: 'postgis://ann:x@db:5433/shop', profile: shop, password: 'x' },
  { text: 'psql://ann:x@db:5433/shop', profile: shop, password: 'x' },
  { text: 'ecto://ann:x@db:5433/shop', profile: shop, password: 'x' },
  {
    text: 'postgres://ann@db:5433/shop?pool=5&encoding=unicode&conn_max_age=600',
    profile: shop,
    dropped: ['pool: driver', 'encoding: form', 'conn_max_age: driver'],
  },
  // Prisma, node
  {
    text: 'postgresql://ann:x@db:5433/shop?schema=public&connection_limit=5&pool_timeout=2',
    profile: shop,
    password: 'x',
    dropped: ['schema: form', 'connection_limit: driver', 'pool_timeout: driver'],
  },
  {
    text: 'postgresql://ann@db:5433/shop?sslmode=require&sslaccept=strict&sslcert=/ca.pem',
    profile: { ...shop, sslMode: 'verify-full', sslRootCert: '/ca.pem' },
  },
  {
    text: 'postgres://ann@db:5433/shop?sslmode=no-verify&uselibpqcompat=true',
    profile: { ...shop, sslMode: 'require' },
    dropped: ['uselibpqcompat: driver'],
  },
  { text: 'postgres://ann@db:5433/shop?ssl=true', profile: { ...shop, sslMode: 'require' } },
  { text: 'postgres://ann@db:5433/shop?ssl=false', profile: shop, dropped: ['ssl: driver'] },
  {
    text: 'postgres://ann@db:5433/shop?ssl={"rejectUnauthorized":false}',
    profile: { ...shop, sslMode: 'require' },
  },
  // .NET, ODBC, PHP
  {
    text: 'Host=db;Port=5433;Database=shop;Username=ann;Password=s3cret',
    profile: shop,
    password: 's3cret',
  },
  {
    text: 'Server=db;Port=5433;User Id=ann;Password="s;3""x";Database=shop;',
    profile: shop,
    password: 's;3"x',
  },
  {
    text: 'Host=db;Port=5433;Database=shop;Username=ann;SSL Mode=VerifyFull;Root Certificate=/ca.pem;Trust Server Certificate=true;Pooling=false;Search Path=app',
    profile: { ...shop, sslMode: 'verify-full', sslRootCert: '/ca.pem' },
    dropped: ['Trust Server Certificate: driver', 'Pooling: driver', 'Search Path: form'],
  },
  { text: 'Host=a:1,b:2;Database=shop', profile: { url: 'postgresql://a:1,b:2/shop' } },
  {
    text: 'Driver={PostgreSQL Unicode};Server=db;Port=5433;Database=shop;Uid=ann;Pwd={a}}b;c};',
    profile: shop,
    password: 'a}b;c',
    dropped: ['Driver: driver'],
  },
  { text: 'pgsql:host=db;port=5433;dbname=shop;user=ann;password=x', profile: shop, password: 'x' },
  // libpq, Go
  { text: 'host=db port=5433 dbname=shop user=ann password=x', profile: shop, password: 'x' },
  {
    text: `host = db port='5433' dbname='my \\'shop' user=ann password='a b\\\\c'`,
    profile: { ...shop, database: "my 'shop" },
    password: 'a b\\c',
  },
  {
    text: 'host=db user=ann password=x dbname=shop port=5433 sslmode=disable TimeZone=Asia/Tokyo',
    profile: { ...shop, sslMode: 'disable' },
    password: 'x',
    dropped: ['TimeZone: driver'],
  },
  { text: 'service=staging', profile: { service: 'staging' } },
  {
    text: 'hostaddr=10.0.0.5 dbname=shop',
    profile: { url: 'postgresql:///shop?hostaddr=10.0.0.5' },
  },
  // Lines of files
  { text: 'DATABASE_URL=postgres://ann:x@db:5433/shop', profile: shop, password: 'x' },
  { text: 'export DATABASE_URL="postgres://ann:x@db:5433/shop"', profile: shop, password: 'x' },
  { text: "DATABASE_URL='postgres://ann:x@db:5433/shop' # local", profile: shop, password: 'x' },
  { text: 'DATABASE_URL=postgres://ann:x#y@db:5433/shop # local', profile: shop, password: 'x#y' },
  { text: 'DATABASE_URL: postgres://ann:x@db:5433/shop', profile: shop, password: 'x' },
  { text: '- DATABASE_URL=postgres://ann:x@db:5433/shop', profile: shop, password: 'x' },
  { text: '-e DATABASE_URL=postgres://ann:x@db:5433/shop', profile: shop, password: 'x' },
  { text: '--env=DATABASE_URL="postgres://ann:x@db:5433/shop"', profile: shop, password: 'x' },
  { text: '$env:DATABASE_URL = "postgres://ann:x@db:5433/shop"', profile: shop, password: 'x' },
  { text: 'set DATABASE_URL=postgres://ann:x@db:5433/shop', profile: shop, password: 'x' },
  { text: 'spring.datasource.url=jdbc:postgresql://localhost/shop', profile: local },
  { text: '"url": "postgres://ann:x@db:5433/shop",', profile: shop, password: 'x' },
  {
    text: '"DefaultConnection": "Host=db;Port=5433;Database=shop;Username=ann;Password=x"',
    profile: shop,
    password: 'x',
  },
  {
    text: '<add name="Shop" connectionString="Host=db;Port=5433;Database=shop;Username=ann" />',
    profile: shop,
  },
  {
    text: 'engine = create_engine("postgresql://ann:x@db:5433/shop")',
    profile: shop,
    password: 'x',
  },
  { text: "const url = 'postgres://ann:x@db:5433/shop';", profile: shop, password: 'x' },
  {
    text: 'PGHOST=db PGPORT=5433 PGUSER=ann PGDATABASE=shop PGPASSWORD=x',
    profile: shop,
    password: 'x',
  },
  { text: 'url = env("DATABASE_URL")', profile: { url: '${env:DATABASE_URL}' } },
  { text: '${env:DATABASE_URL}', profile: { url: '${env:DATABASE_URL}' } },
  { text: '$DATABASE_URL', profile: { url: '${env:DATABASE_URL}' } },
  { text: 'process.env.DATABASE_URL!', profile: { url: '${env:DATABASE_URL}' } },
  { text: 'DATABASE_URL=${STAGING_URL}', profile: { url: '${env:STAGING_URL}' } },
  // Command lines
  { text: 'psql "postgres://ann:x@db:5433/shop"', profile: shop, password: 'x' },
  { text: '$ psql postgres://ann:x@db:5433/shop', profile: shop, password: 'x' },
  { text: 'psql -h db -p 5433 -U ann shop', profile: shop },
  { text: 'psql -hdb -p5433 -Uann -d shop', profile: shop },
  { text: 'psql --host=db --port 5433 --username=ann --dbname=shop', profile: shop },
  { text: 'psql -h db -p 5433 shop ann', profile: shop },
  {
    text: 'psql "host=db port=5433 dbname=shop user=ann password=x"',
    profile: shop,
    password: 'x',
  },
  { text: 'psql "$DATABASE_URL"', profile: { url: '${env:DATABASE_URL}' } },
  {
    text: 'pg_dump -h db -p 5433 -U ann -Fc -f shop.dump -t orders shop',
    profile: shop,
    dropped: ['-F: command', '-f: command', '-t: command'],
  },
  {
    text: "PGPASSWORD='s3 cret' pg_dump -h db -p 5433 -U ann -Fc shop > shop.dump",
    profile: shop,
    password: 's3 cret',
    dropped: ['-F: command', '>: behindCommand'],
  },
  {
    text: 'sudo PGPASSWORD=x /usr/lib/postgresql/17/bin/pg_dump -v -h db -p 5433 -U ann shop | gzip > x.gz',
    profile: shop,
    password: 'x',
    dropped: ['-v: command', '|: behindCommand'],
  },
  {
    text: 'pg_restore -h db -p 5433 -U ann -d shop --clean -j 4 shop.dump',
    profile: shop,
    dropped: ['--clean: command', '-j: command'],
  },
  {
    text: `psql -h db -p 5433 -U ann -d shop -c 'drop table x' -f evil.sql`,
    profile: shop,
    dropped: ['-c: command', '-f: command'],
  },
  { text: 'psql -h db \\\n  -p 5433 -U ann shop', profile: shop },
  // Nothing but an address
  { text: 'localhost', profile: { host: 'localhost' } },
  { text: 'db.example:5433/shop', profile: { host: 'db.example', port: 5433, database: 'shop' } },
  { text: 'ann:x@db:5433/shop', profile: shop, password: 'x' },
  { text: '/var/run/postgresql', profile: { host: '/var/run/postgresql' } },
  // What is to be filled in
  {
    text: 'postgresql://ann:[YOUR-PASSWORD]@db:5433/shop',
    profile: shop,
    dropped: ['password: placeholder'],
  },
  {
    text: 'postgresql://ann:****************@db:5433/shop',
    profile: shop,
    dropped: ['password: placeholder'],
  },
  {
    text: 'postgresql://${DB_USER}:${DB_PASS}@db:5433/shop',
    profile: { host: 'db', port: 5433, database: 'shop' },
    dropped: ['user: placeholder', 'password: placeholder'],
  },
  {
    text: 'postgresql://<user>:<password>@<host>:5433/shop',
    profile: { port: 5433, database: 'shop' },
    dropped: ['user: placeholder', 'password: placeholder', 'host: placeholder'],
  },
];

/** Texts with a setting that is refused. */
export const refused: [text: string, name: string, reason: string][] = [
  ['postgresql://db/shop?hostaddr=6.6.6.6', 'hostaddr', 'otherAddress'],
  ['host=db hostaddr=6.6.6.6 dbname=shop', 'hostaddr', 'otherAddress'],
  ['PGHOSTADDR=6.6.6.6 psql -h db shop', 'hostaddr', 'otherAddress'],
  ['postgresql://evil/shop?service=staging', 'host', 'besideService'],
  ['service=staging host=evil', 'host', 'besideService'],
  ['service=staging sslmode=disable', 'sslMode', 'besideService'],
  ['postgresql://db/shop?passfile=/tmp/x', 'passfile', 'passwordFile'],
  ['Host=db;Database=shop;Passfile=/tmp/x', 'Passfile', 'passwordFile'],
  ['postgresql://db/shop?gsslib=/tmp/x.so', 'gsslib', 'runsCode'],
  ['postgresql://db/shop?sslkey=engine:key', 'sslkey', 'runsCode'],
  ['postgresql://db/shop?krbsrvname=HTTP', 'krbsrvname', 'delegates'],
  ['Host=db;Kerberos Service Name=HTTP', 'Kerberos Service Name', 'delegates'],
  ['postgresql://db/shop?gssdelegation=1', 'gssdelegation', 'delegates'],
  ['postgresql://db/shop?oauth_issuer=https://evil&oauth_client_id=x', 'oauth_issuer', 'signIn'],
  ['postgresql://db/shop?sslkeylogfile=/tmp/keys', 'sslkeylogfile', 'writesSecrets'],
  [
    'jdbc:postgresql://db/shop?socketFactory=com.google.cloud.sql.postgres.SocketFactory',
    'socketFactory',
    'otherAddress',
  ],
  ['jdbc:postgresql://db/shop?sslhostnameverifier=x.Y', 'sslhostnameverifier', 'runsCode'],
  ['jdbc:postgresql://db/shop?loggerFile=/tmp/x.jsp', 'loggerFile', 'writesSecrets'],
  ['PGPASSWORD=$(cat pw) psql -h db shop', '$(…)', 'runsCommand'],
  ['psql -h `evil` shop', '$(…)', 'runsCommand'],
  ['psql "postgres://ann:$(pass show db)@db/shop"', '$(…)', 'runsCommand'],
  ['ssh bastion psql -h db shop', 'ssh', 'elsewhere'],
  ['docker exec -it pg psql -U postgres shop', 'docker', 'elsewhere'],
  ['kubectl exec -it pg-0 -- psql -U postgres shop', 'kubectl', 'elsewhere'],
];

/** Texts of which nothing is made. */
export const impossible: [text: string, problem: string, name?: string][] = [
  ['', 'empty'],
  ['   ', 'empty'],
  ['hello world', 'notUnderstood'],
  ['https://example.com/', 'notUnderstood'],
  ['mysql://ann:x@db/shop', 'otherDatabase', 'MySQL'],
  ['jdbc:mysql://db/shop', 'otherDatabase', 'MySQL'],
  ['jdbc:oracle:thin:@db:1521/shop', 'notUnderstood'],
  ['mongodb+srv://ann:x@db/shop', 'otherDatabase', 'MongoDB'],
  ['sqlite:///shop.db', 'otherDatabase', 'SQLite'],
  ['cockroachdb://ann@db/shop', 'otherDatabase', 'CockroachDB'],
  ['redis://db:6379', 'otherDatabase', 'Redis'],
  ['prisma://accelerate.prisma-data.net/?api_key=x', 'noServer'],
  ['prisma+postgres://accelerate.prisma-data.net/?api_key=x', 'noServer'],
  ['postgresql://db:99999/shop', 'badPort'],
  ['postgresql://db:http/shop', 'badPort'],
  ['postgresql://db/shop?sslmode=verify', 'badSslMode'],
  ['Host=db;SSL Mode=Maybe', 'badSslMode'],
  ['Driver={MySQL ODBC 8.0};Server=db;Database=shop;Uid=ann;Pwd=x', 'otherDatabase', 'ODBC'],
  ['SELECT 1;', 'notUnderstood'],
];
