import { psql } from '../machine/psql';
import { createDatabase } from '../machine/sampleDatabase';
import type { ServerCoordinates } from '../machine/server';

/** A kind of database: what its rows and indexes are like. */
export interface DatabaseKind {
  name: string;
  /** Makes about `:mb` MB of COPY's text; everything follows from `:seed`. */
  sql: string;
  /** Is it kept aside: never looked at while the model is worked on, only to judge it afterwards? */
  aside?: true;
}

/** Thirty-two bytes that do not compress, by what is between the parentheses. */
const noise = (by: string): string => `decode(md5(:seed || ${by}) || md5(${by} || :seed), 'hex')`;

/** Unlike each other, and unlike the sample database of the tests. */
export const databaseKinds: readonly DatabaseKind[] = [
  {
    name: 'wide rows',
    sql: `
      SELECT format('CREATE TABLE wide (id bigint PRIMARY KEY, %s)',
        string_agg(format('c%s %s', c, CASE c % 4 WHEN 0 THEN 'text' WHEN 1 THEN 'integer'
          WHEN 2 THEN 'numeric(12,2)' ELSE 'timestamptz' END), ', ' ORDER BY c))
        FROM generate_series(1, 80) c \\gexec
      SELECT format('INSERT INTO wide SELECT g, %s FROM generate_series(1, %s) g',
        string_agg(CASE c % 4 WHEN 0 THEN format('substr(md5((g * %s)::text), 1, %s)', c, 4 + c % 20)
          WHEN 1 THEN format('(hashint8(g * %s)) %% 100000', c)
          WHEN 2 THEN format('(hashint8(g + %s) %% 1000000) / 100.0', c)
          ELSE format('timestamptz ''2020-01-01 UTC'' + (abs(hashint8(g - %s)::bigint) %% 99999999) * interval ''1 s''', c)
          END, ', ' ORDER BY c), 1000 * :mb)
        FROM generate_series(1, 80) c \\gexec`,
  },
  {
    name: 'many small tables',
    sql: `
      SELECT format('CREATE TABLE small_%s (id integer PRIMARY KEY, kind text, at timestamptz, note text);
        INSERT INTO small_%s SELECT g, ''kind '' || g %% 7, timestamptz ''2021-01-01 UTC'' + g * interval ''1 min'',
          md5((g + %s)::text) FROM generate_series(1, %s) g; CREATE INDEX ON small_%s (kind)',
        t, t, t, abs(hashint8(t + :seed)::bigint) % (55 * :mb), t)
        FROM generate_series(1, 400) t \\gexec`,
  },
  {
    name: 'one huge table',
    sql: `
      CREATE TABLE huge AS SELECT g AS id, hashint8(g + :seed) AS a, g % 1000 AS b,
        'state ' || g % 5 AS state, timestamptz '2022-01-01 UTC' + g * interval '7 s' AS at
        FROM generate_series(1, 18000 * :mb) g;
      ALTER TABLE huge ADD PRIMARY KEY (id);`,
  },
  {
    name: 'large objects',
    sql: `
      CREATE TABLE files (id integer PRIMARY KEY, name text, content oid);
      INSERT INTO files SELECT g, 'file ' || g, lo_from_bytea(0, CASE WHEN g % 3 = 0
          THEN (SELECT string_agg(${noise('(g * 1000 + i)::text')}, '') FROM generate_series(1, 1000) i)
          ELSE convert_to(repeat(md5(g::text) || ' and the same again; ', 10 + g % 900), 'UTF8') END)
        FROM generate_series(1, 38 * :mb) g;`,
  },
  {
    name: 'heavy indexes',
    sql: `
      CREATE TABLE parents (id integer PRIMARY KEY, name text UNIQUE);
      INSERT INTO parents SELECT g, md5((g + :seed)::text) FROM generate_series(1, 1000) g;
      CREATE TABLE indexed AS SELECT g AS id, 1 + g % 1000 AS parent, md5((g * 7 + :seed)::text) AS a,
        md5((g % 5000)::text) AS b, hashint8(g * 3) AS c, ARRAY[g % 50, g % 77, g % 1013] AS tags,
        to_tsvector('simple', md5((g % 9999)::text) || ' word' || g % 300 || ' term' || g % 41) AS words
        FROM generate_series(1, 4500 * :mb) g;
      ALTER TABLE indexed ADD PRIMARY KEY (id), ADD FOREIGN KEY (parent) REFERENCES parents;
      CREATE INDEX ON indexed (a); CREATE INDEX ON indexed (b, a); CREATE INDEX ON indexed (c);
      CREATE INDEX ON indexed (lower(a)); CREATE INDEX ON indexed (parent, c);
      CREATE INDEX ON indexed USING gin (tags); CREATE INDEX ON indexed USING gin (words);`,
  },
  {
    name: 'incompressible bytea',
    sql: `
      CREATE TABLE pictures (id integer PRIMARY KEY, picture bytea);
      ALTER TABLE pictures ALTER picture SET STORAGE EXTERNAL;
      INSERT INTO pictures SELECT g, (SELECT string_agg(${noise('(g * 1000 + i)::text')}, '')
          FROM generate_series(1, 250) i) FROM generate_series(1, 62 * :mb) g;`,
  },
  {
    name: 'text and jsonb',
    sql: `
      CREATE TABLE articles AS SELECT g AS id, 'Title ' || g AS title,
        repeat('What ' || md5((g % 100)::text) || ' says is what it is. ', 10 + g % 60) AS body
        FROM generate_series(1, 250 * :mb) g;
      ALTER TABLE articles ADD PRIMARY KEY (id);
      CREATE TABLE events AS SELECT g AS id, jsonb_build_object('id', g, 'kind', g % 9, 'user',
        md5((g % 700)::text), 'tags', jsonb_build_array(g % 5, 'tag ' || g % 11), 'note', repeat('x', g % 40))
        AS data FROM generate_series(1, 2700 * :mb) g;
      ALTER TABLE events ADD PRIMARY KEY (id);
      CREATE INDEX ON events USING gin (data jsonb_path_ops);`,
  },
  {
    name: 'partitions',
    sql: `
      CREATE TABLE measured (at timestamptz NOT NULL, sensor integer NOT NULL, value double precision,
        place point) PARTITION BY RANGE (at);
      SELECT format('CREATE TABLE measured_%s PARTITION OF measured FOR VALUES FROM (%L) TO (%L)', m,
          timestamptz '2023-01-01 UTC' + m * interval '30 days', timestamptz '2023-01-01 UTC' + (m + 1) * interval '30 days')
        FROM generate_series(0, 23) m \\gexec
      INSERT INTO measured SELECT timestamptz '2023-01-01 UTC' + (719.9 * sqrt(g::float / (13000 * :mb))) * interval '1 day',
          abs(hashint8(g + :seed)::bigint) % 5000, hashint8(g) / 7.0, point(hashint8(g * 3) / 1e7, hashint8(g * 5) / 1e7)
        FROM generate_series(1, 13000 * :mb) g;
      ALTER TABLE measured ADD PRIMARY KEY (sensor, at, value);
      CREATE INDEX ON measured USING brin (at); CREATE INDEX ON measured USING gist (place);`,
  },
  {
    name: 'toasted documents',
    sql: `
      CREATE TABLE documents (id uuid PRIMARY KEY, tenant integer, body text, html xml, summary text);
      INSERT INTO documents SELECT md5((g + :seed)::text)::uuid, g % 40,
          (SELECT string_agg(CASE WHEN i % 3 = 0 THEN md5((g * 50 + i)::text) ELSE ' words that everybody writes ' END, ' ')
            FROM generate_series(1, 40 + g % 400) i),
          xmlparse(content '<p>' || repeat('<b>bold</b> and plain ', 5 + g % 300) || '</p>'),
          substr(md5(g::text), 1, 20)
        FROM generate_series(1, 75 * :mb) g;
      CREATE INDEX ON documents (tenant, summary);
      CREATE INDEX ON documents USING gin (to_tsvector('simple', body));`,
  },
  {
    name: 'a shop',
    aside: true,
    sql: `
      CREATE TABLE customers (id integer PRIMARY KEY, mail text UNIQUE, name text, address text, since date);
      INSERT INTO customers SELECT g, md5((g + :seed)::text) || '@example.org', 'Customer ' || g % 977,
          'Street ' || g % 300 || ', Town ' || md5((g % 500)::text), date '2015-01-01' + g % 3000
        FROM generate_series(1, 1500 * :mb) g;
      CREATE TABLE orders (id integer PRIMARY KEY, customer integer REFERENCES customers, state text,
        total numeric(12,2), placed timestamptz);
      INSERT INTO orders SELECT g, 1 + abs(hashint8(g + :seed)::bigint) % (1500 * :mb),
          (ARRAY['open', 'paid', 'sent', 'returned'])[1 + g % 4], abs(hashint8(g)) / 100.0,
          timestamptz '2019-01-01 UTC' + g * interval '17 s' FROM generate_series(1, 3500 * :mb) g;
      CREATE TABLE lines (order_id integer REFERENCES orders, line integer, product text, quantity integer,
        price numeric(10,2), PRIMARY KEY (order_id, line));
      INSERT INTO lines SELECT 1 + g / 3, g % 3, 'product-' || abs(hashint8(g * 7)::bigint) % 20000, 1 + g % 9,
          (abs(hashint8(g * 5)::bigint) % 99999) / 100.0 FROM generate_series(3, 10000 * :mb) g;
      CREATE INDEX ON orders (customer, placed); CREATE INDEX ON orders (placed) WHERE state = 'open';
      CREATE INDEX ON lines (product) INCLUDE (quantity); CREATE INDEX ON customers (lower(name), since);
      CREATE MATERIALIZED VIEW sold AS SELECT product, sum(quantity) AS pieces, sum(price) AS value
        FROM lines GROUP BY product;
      CREATE UNIQUE INDEX ON sold (product);`,
  },
  {
    name: 'messages',
    aside: true,
    sql: `
      CREATE TABLE senders (id uuid PRIMARY KEY, nick text);
      INSERT INTO senders SELECT md5((g * 3 + :seed)::text)::uuid, 'nick' || g FROM generate_series(1, 5000) g;
      CREATE TABLE messages (id bigint PRIMARY KEY, sender uuid, body text, words tsvector, extra jsonb, sent timestamp);
      INSERT INTO messages SELECT id, md5(((1 + id % 5000) * 3 + :seed)::text)::uuid, body,
          to_tsvector('simple', body), jsonb_build_object('lang', id % 7, 'mentions', jsonb_build_array(id % 311, id % 97)),
          timestamp '2024-02-01' + id * interval '2 s'
        FROM (SELECT g AS id, (SELECT string_agg(substr(md5(((hashint8(g * 131 + i + :seed)::bigint + 2147483648) % 4000)::text), 1, 3 + i % 6), ' ')
          FROM generate_series(1, 12 + g % 25) i) AS body FROM generate_series(1, 2000 * :mb) g) made;
      CREATE INDEX ON messages (sender, sent); CREATE INDEX ON messages USING gin (words);
      CREATE INDEX ON messages USING gin (extra); CREATE INDEX ON messages (md5(body));`,
  },
  {
    name: 'a bit of all',
    aside: true,
    sql: `
      SELECT format('CREATE TABLE lookup_%s AS SELECT g AS id, ''value '' || g AS value FROM generate_series(1, %s) g;
        ALTER TABLE lookup_%s ADD PRIMARY KEY (id)', t, 10 + t * 37, t) FROM generate_series(1, 60) t \\gexec
      CREATE TABLE scans (id integer PRIMARY KEY, lookup integer, scan bytea);
      INSERT INTO scans SELECT g, g % 60, (SELECT string_agg(${noise('(g * 1000 + i)::text')}, '')
          FROM generate_series(1, 60 + g % 300) i) FROM generate_series(1, 22 * :mb) g;
      CREATE TABLE samples (device inet, at timestamptz, value real[], level smallint, spot box);
      INSERT INTO samples SELECT inet '10.0.0.0' + abs(hashint8(g + :seed)::bigint) % 60000,
          timestamptz '2025-01-01 UTC' + g * interval '3 s', ARRAY[g % 17, hashint8(g) % 1000, g % 5], g % 12,
          box(point(g % 1000, hashint8(g) % 1000), point(g % 1000 + 2, hashint8(g) % 1000 + 3))
        FROM generate_series(1, 4500 * :mb) g;
      CREATE INDEX ON samples USING hash (device); CREATE INDEX ON samples (at, level);
      CREATE INDEX ON samples USING spgist (device); CREATE INDEX ON samples USING gist (spot);
      CREATE TABLE pages (id integer PRIMARY KEY, html text, object oid);
      INSERT INTO pages SELECT g, repeat('<li class="entry">' || md5((g % 40)::text) || '</li>', 20 + g % 200),
          CASE WHEN g % 5 = 0 THEN lo_from_bytea(0, convert_to(repeat(md5(g::text), 1 + g % 500), 'UTF8')) END
        FROM generate_series(1, 50 * :mb) g;`,
  },
];

/** Makes a database of a kind; the same seed makes the same rows. */
export async function createKind(
  server: ServerCoordinates,
  database: string,
  { sql }: DatabaseKind,
  size: { mb: number; seed: number },
): Promise<void> {
  await createDatabase(server, database);
  await psql(server, database, `${sql}\nANALYZE;`, size);
}
