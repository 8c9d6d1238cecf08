import { createDatabase } from '../machine/sampleDatabase';
import { psql } from '../machine/psql';
import type { ServerCoordinates } from '../machine/server';

/** Ten tables of names, addresses, sums, times and jsonb, and thirty small ones. */
const SQL = `
  SELECT format('CREATE TABLE large_%1$s AS SELECT g AS id, ''Customer '' || g AS name,
    md5((g * %1$s)::text) AS token, ''user'' || g %% 5000 || ''@example'' || g %% 7 || ''.com'' AS mail,
    (hashint8(g) %% 1000000) / 100.0 AS amount, timestamptz ''2022-01-01 UTC'' + g * interval ''7 s'' AS at,
    repeat(''lorem ipsum dolor '', g %% 6) || g AS note,
    jsonb_build_object(''kind'', g %% 9, ''tags'', jsonb_build_array(g %% 5, ''tag '' || g %% 11)) AS data
    FROM generate_series(1, %2$s) g; ALTER TABLE large_%1$s ADD PRIMARY KEY (id)',
    t, (:mb * 3200 * (1.5 - t * 0.1) / 7.5)::int) FROM generate_series(1, 10) t \\gexec
  SELECT format('CREATE TABLE small_%1$s AS SELECT g AS id, md5(g::text) AS name
    FROM generate_series(1, 1000) g', t) FROM generate_series(1, 30) t \\gexec
  ANALYZE;`;

/**
 * Creates a database whose data are spread over several tables, the largest with a seventh of them
 * (in the sample database one table has nearly half). `mb`: of tables on disk.
 */
export async function createEvenDatabase(
  server: ServerCoordinates,
  name: string,
  mb: number,
): Promise<void> {
  await createDatabase(server, name);
  await psql(server, name, SQL, { mb });
}
