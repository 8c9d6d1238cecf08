import * as z from 'zod/mini';
import type { PsqlSession } from './psqlSession';
import { quoteIdentifier, quoteLiteral } from '../sql';

/** Pages that are looked at, spread evenly over the table. */
const PAGES = 24;
/** Longest row that is taken whole, in characters. */
const MAX_ROW = 20_000;
const ASK_MS = 3000;

const answer = z.array(z.string());

/**
 * Some rows of a table as text, much like COPY writes them; null when there is no answer. They are
 * fetched by their place on disk: however large the table, a few pages are read. The text stays in
 * memory and is only measured.
 */
export async function sampleRows(
  session: PsqlSession,
  table: { schema: string; name: string },
  rows: number,
): Promise<string[] | null> {
  const qualified = `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`;
  const perPage = Math.max(2, Math.ceil(rows / PAGES));
  const sql = `SELECT pg_catalog.json_agg(pg_catalog."left"(t::pg_catalog.text, ${MAX_ROW}))
    FROM (SELECT * FROM ONLY ${qualified} WHERE ctid = ANY (ARRAY(
      SELECT pg_catalog.format('(%s,%s)', p * b.blocks / ${PAGES}, o)::pg_catalog.tid
      FROM pg_catalog.generate_series(0, ${PAGES - 1}) p,
        pg_catalog.generate_series(1, ${perPage}) o,
        (SELECT pg_catalog.pg_relation_size(${quoteLiteral(qualified)}::pg_catalog.regclass)
          / pg_catalog.current_setting('block_size')::pg_catalog.int8 AS blocks) b))) t`;
  const parsed = answer.safeParse(await session.ask(sql, ASK_MS));
  return parsed.success ? parsed.data : null;
}

/**
 * Prevents that a table is replaced by a view while rows are fetched, whose functions would run as
 * our user. pg_dump guards itself the same way (CVE-2024-7348); servers without the setting are
 * asked nothing but what pg_dump asks them too.
 */
export async function guardSamples(session: PsqlSession): Promise<void> {
  await session.ask(
    `SELECT pg_catalog.to_json(pg_catalog.set_config(name, 'view, foreign-table', false))
     FROM pg_catalog.pg_settings WHERE name = 'restrict_nonsystem_relation_kind'`,
    ASK_MS,
  );
}
