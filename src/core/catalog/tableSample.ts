import type { PsqlSession } from './psqlSession';
import { listOf, text } from '../shapes';
import { quoteLiteral, quoteQualified } from '../sql';

/** Number of pages that are read, spread over the table. */
const PAGES = 24;
/** As many rows fit on a page of the usual size. */
const MOST_ON_A_PAGE = 291;
/** Longer rows are cut to this many characters. */
const MAX_ROW = 20_000;
const ASK_MS = 3000;

const answer = listOf(text);

/**
 * Some rows of a table as text, similar to COPY's format; null when there is no answer. The rows are
 * fetched by their ctid, so only a few pages are read, however large the table is. The text stays in
 * memory and is only measured.
 */
export async function sampleRows(
  session: PsqlSession,
  table: { schema: string; name: string },
  rows: number,
): Promise<string[] | null> {
  const qualified = quoteQualified(table);
  // By the golden section: pages at even distances may all be alike.
  const page = `b.blocks * (p * 618034 % 1000000) / 1000000`;
  // Rows of which many fit on a page are unlike those of which few do: each row of the pages has the
  // same chance. Their values are fetched once they are chosen.
  const sql = `SELECT pg_catalog.json_agg(pg_catalog."left"(t::pg_catalog.text, ${MAX_ROW}))
    FROM (SELECT * FROM ONLY ${qualified} WHERE ctid = ANY (ARRAY(
      SELECT s.id FROM (
        SELECT ctid AS id, pg_catalog.row_number() OVER () AS i, pg_catalog.count(*) OVER () AS n
        FROM ONLY ${qualified} WHERE ctid = ANY (ARRAY(
          SELECT pg_catalog.format('(%s,%s)', ${page}, o)::pg_catalog.tid
          FROM pg_catalog.generate_series(0, ${PAGES - 1}) p,
            pg_catalog.generate_series(1, ${MOST_ON_A_PAGE}) o,
            (SELECT pg_catalog.pg_relation_size(${quoteLiteral(qualified)}::pg_catalog.regclass)
              / pg_catalog.current_setting('block_size')::pg_catalog.int8 AS blocks) b))) s
      WHERE (s.i - 1) % ((s.n + ${rows - 1}) / ${rows}) = 0))) t`;
  const parsed = answer.safeParse(await session.ask(sql, ASK_MS));
  return parsed.success ? parsed.data : null;
}

/**
 * Prevents that somebody replaces the table by a view while rows are fetched: the view's functions
 * would run as our user. pg_dump protects itself in the same way (CVE-2024-7348). Servers without this
 * setting get no query here that pg_dump does not run too.
 */
export async function guardSamples(session: PsqlSession): Promise<void> {
  await session.ask(
    `SELECT pg_catalog.to_json(pg_catalog.set_config(name, 'view, foreign-table', false))
     FROM pg_catalog.pg_settings WHERE name = 'restrict_nonsystem_relation_kind'`,
    ASK_MS,
  );
}
