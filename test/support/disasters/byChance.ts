import assert from 'node:assert/strict';
import Mocha from 'mocha';
import type { Preflight } from '../../../src/core/model/findings/findings';
import { verdictText } from '../../../src/core/text/findings/verdictText';
import { psqlJson, quoteIdent, quoteLiteral } from '../machine/psql';
import type { ServerCoordinates } from '../machine/server';
import { seededRandom } from '../seededRandom';
import type { Attempt, Disaster } from './disaster';
import { type Disasters, said } from './disasters';
import { randomRestore } from './randomRestores';

/** Share of restores that may fail without having been said to, and of those that were said to and go through. */
const MOST_UNFORESEEN = 0.03;

/** The rows of every table as text, by its name. */
type Rows = ReadonlyMap<string, readonly string[]>;

async function rowsOf(server: ServerCoordinates, database: string): Promise<Rows> {
  const tables = await psqlJson<[string, string][]>(
    server,
    database,
    `SELECT coalesce(json_agg(json_build_array(n.nspname, c.relname)), '[]') FROM pg_class c
     JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema';`,
  );
  if (tables.length === 0) return new Map();
  const selects = tables.map(([schema, name]) => {
    const table = `${quoteIdent(schema)}.${quoteIdent(name)}`;
    return `SELECT ${quoteLiteral(table)}, (SELECT json_agg(t::text) FROM ONLY ${table} t)`;
  });
  const read = `SELECT json_agg(json_build_array(a, b)) FROM (${selects.join(' UNION ALL ')}) x (a, b);`;
  const rows = await psqlJson<[string, string[] | null][]>(server, database, read);
  return new Map(rows.map(([name, list]) => [name, list ?? []]));
}

/** Tables of which a row is gone. */
function lost(before: Rows | null, after: Rows | null): string[] {
  return [...(before ?? [])].flatMap(([table, rows]) => {
    const left = [...(after?.get(table) ?? [])];
    const gone = rows.filter((row) => {
      const at = left.indexOf(row);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
    return gone.length === 0 ? [] : [`${table} (${gone.length})`];
  });
}

/** Was it said that something will fail? */
function foreseen({ findings }: Preflight, ended: string): boolean {
  const wanted = ended === 'failed' ? ['stops'] : ['stops', 'loses', 'surprises'];
  return findings.some(({ severity }) => wanted.includes(severity));
}

/** What came of many restores, each told in a few lines. */
class Outcomes {
  private readonly ends = new Map<string, number>();
  /** A row is gone, and nobody had said that something is lost. */
  readonly silent: string[] = [];
  readonly unforeseen: string[] = [];
  /** It was said that they would not go through, and they did. */
  readonly falseAlarms: string[] = [];

  add({ title }: Disaster, { ahead, job, refusal, before, after }: Attempt<Rows>): void {
    const ended = job?.status ?? 'failed';
    const end = job === null ? 'refused' : ended;
    this.ends.set(end, (this.ends.get(end) ?? 0) + 1);
    const why = job === null ? String(refusal) : said(job);
    const told = `${title}\n  ${verdictText(ahead.verdict)}\n  ${end} ${why}`;
    const gone = lost(before, after);
    const losses = ahead.findings.some(({ severity }) => severity === 'loses');
    if (gone.length > 0 && !losses) this.silent.push(`${told}\n  gone: ${gone.join()}`);
    if (ended !== 'completed' && !foreseen(ahead, ended)) this.unforeseen.push(told);
    if (ended === 'completed' && ahead.verdict.worst === 'stops') {
      const stops = ahead.findings.filter(({ severity }) => severity === 'stops');
      this.falseAlarms.push(`${told}\n  ${JSON.stringify(stops)}`);
    }
  }

  list(): string[] {
    return [
      [...this.ends].map(([end, count]) => `${count} ${end}`).join(', '),
      ...this.silent.map((each) => `LOST ${each}`),
      ...this.unforeseen.map((each) => `NOT FORESEEN ${each}`),
      ...this.falseAlarms.map((each) => `WENT THROUGH ${each}`),
    ];
  }
}

/**
 * Fails where a row is gone of which nobody had said that it is lost, or where too many outcomes were
 * not foreseen. Prints what came of them, and each that was not foreseen.
 */
export async function tryByChance(
  disasters: Disasters,
  rounds: number,
  seed: number,
): Promise<void> {
  const random = seededRandom(seed);
  const outcomes = new Outcomes();
  for (let round = 0; round < rounds; round++) {
    const restore = randomRestore(random, round);
    outcomes.add(restore, await disasters.attempt(restore, rowsOf));
  }
  const { silent, unforeseen, falseAlarms } = outcomes;
  // As mocha prints: what else is written in the extension host goes to the log of VS Code.
  Mocha.reporters.Base.consoleLog(outcomes.list().join('\n'));
  assert.deepEqual(silent, []);
  assert.ok(unforeseen.length <= rounds * MOST_UNFORESEEN, `${unforeseen.length} of ${rounds}`);
  assert.ok(falseAlarms.length <= rounds * MOST_UNFORESEEN, `${falseAlarms.length} of ${rounds}`);
}
