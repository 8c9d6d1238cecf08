/** A text with a host that is known, and what is said about it. */
interface KnownHost {
  text: string;
  host: string;
  port?: number;
  sslMode?: string;
  notes: string[];
}

export const hosts: KnownHost[] = [
  {
    text: 'postgresql://postgres.ref:x@aws-0-eu-central-1.pooler.supabase.com:6543/postgres?pgbouncer=true',
    host: 'aws-0-eu-central-1.pooler.supabase.com',
    port: 5432,
    sslMode: 'require',
    notes: ['hoster', 'pooler session'],
  },
  {
    text: 'postgresql://postgres.ref@aws-0-eu-central-1.pooler.supabase.com:5432/postgres',
    host: 'aws-0-eu-central-1.pooler.supabase.com',
    port: 5432,
    sslMode: 'require',
    notes: ['hoster'],
  },
  {
    text: 'postgresql://postgres:x@db.abcdefgh.supabase.co:5432/postgres',
    host: 'db.abcdefgh.supabase.co',
    port: 5432,
    sslMode: 'require',
    notes: ['hoster', 'ipv6Only'],
  },
  {
    text: 'postgresql://postgres:x@db.abcdefgh.supabase.co:6543/postgres',
    host: 'db.abcdefgh.supabase.co',
    port: 5432,
    sslMode: 'require',
    notes: ['hoster', 'pooler direct', 'ipv6Only'],
  },
  {
    text: 'postgresql://ann:x@ep-cool-darkness-123456-pooler.us-east-2.aws.neon.tech/neondb?sslmode=require',
    host: 'ep-cool-darkness-123456.us-east-2.aws.neon.tech',
    sslMode: 'require',
    notes: ['hoster', 'pooler direct'],
  },
  {
    text: 'postgresql://ann@ep-cool-darkness-123456.us-east-2.aws.neon.tech/neondb?sslmode=verify-full',
    host: 'ep-cool-darkness-123456.us-east-2.aws.neon.tech',
    sslMode: 'verify-full',
    notes: ['hoster'],
  },
  {
    text: 'Host=shop.postgres.database.azure.com;Port=6432;Database=shop;Username=ann',
    host: 'shop.postgres.database.azure.com',
    port: 5432,
    sslMode: 'require',
    notes: ['hoster', 'pooler direct'],
  },
  {
    text: 'postgres://ann@shop.abc.eu-west-1.rds.amazonaws.com/shop?sslmode=prefer',
    host: 'shop.abc.eu-west-1.rds.amazonaws.com',
    sslMode: 'require',
    notes: ['hoster'],
  },
  {
    text: 'postgres://u:p@ec2-52-1-2-3.compute-1.amazonaws.com:5432/d1',
    host: 'ec2-52-1-2-3.compute-1.amazonaws.com',
    port: 5432,
    sslMode: 'require',
    notes: ['hoster'],
  },
  {
    text: 'postgresql://ann:x@localhost/shop?host=/cloudsql/proj:region:inst',
    host: '/cloudsql/proj:region:inst',
    notes: ['hoster'],
  },
  {
    text: 'postgres://doadmin@x.b.db.ondigitalocean.com:25061/defaultdb',
    host: 'x.b.db.ondigitalocean.com',
    port: 25060,
    sslMode: 'require',
    notes: ['hoster', 'pooler direct'],
  },
  {
    text: 'postgres://ann@db:6543/shop?pgbouncer=true',
    host: 'db',
    port: 6543,
    notes: ['poolerUnknown'],
  },
  { text: 'postgres://ann@evilsupabase.co/shop', host: 'evilsupabase.co', notes: [] },
];
