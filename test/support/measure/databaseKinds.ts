import { psql } from '../machine/psql';
import { createDatabase } from '../machine/sampleDatabase';
import type { ServerCoordinates } from '../machine/server';

/** A kind of database: what its rows and indexes are like. */
export interface DatabaseKind {
  name: string;
  /** Makes about `:mb` MB of COPY's text; everything follows from `:seed`. */
  sql: string;
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
