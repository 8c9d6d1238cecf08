/**
 * What the pre-flight says of restores that were put together by chance, and what they do.
 * `PGBR_SOAK_TIMES=67` tries two hundred, `SEED` those of an earlier run.
 */
import assert from 'node:assert/strict';
import type { Preflight } from '../../../src/core/model/findings/findings';
import type { BackupJob } from '../../../src/core/model/job';
import { verdictText } from '../../../src/core/text/findings/verdictText';
import { psqlJson, quoteIdent, quoteLiteral } from '../../support/machine/psql';
import type { ServerCoordinates } from '../../support/machine/server';
import { seededRandom } from '../../support/seededRandom';
import { newestServer } from '../../support/servers';
import { soak } from '../../support/tiers/soak';
import { Disasters, said } from '../../support/disasters/disasters';
import { randomRestore } from '../../support/disasters/randomRestores';
import { coreDoor } from './coreDoor';

/** Share of restores that may fail without having been said to. */
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
function foreseen({ findings }: Preflight, job: BackupJob): boolean {
  const wanted = job.status === 'failed' ? ['stops'] : ['stops', 'loses', 'surprises'];
  return findings.some(({ severity }) => wanted.includes(severity));
}

describe('the verdict on restores by chance', function () {
  const rounds = soak.rounds(3);
  this.timeout(rounds * 30_000);
  let disasters: Disasters;
  before(async () => {
    disasters = await Disasters.on(newestServer(), await coreDoor(newestServer()));
  });
  after(() => disasters.dispose());

  it(`never says that nothing is lost where it is, and foresees failures, ${rounds} times (seed ${soak.seed})`, async () => {
    const random = seededRandom(soak.seed);
    const unforeseen: string[] = [];
    const silent: string[] = [];
    const falseAlarms: string[] = [];
    for (let round = 0; round < rounds; round++) {
      const restore = randomRestore(random, round);
      const { ahead, job, before, after } = await disasters.attempt(restore, rowsOf);
      assert.ok(job);
      const verdict = verdictText(ahead.verdict);
      const told = `${restore.title}\n  ${verdict}\n  ${job.status} ${said(job)}`;
      const gone = lost(before, after);
      if (
        gone.length > 0 &&
        ahead.verdict.worst !== 'loses' &&
        !ahead.findings.some((each) => each.severity === 'loses')
      )
        silent.push(`${told}\n  gone: ${gone.join()}`);
      if (job.status !== 'completed' && !foreseen(ahead, job)) unforeseen.push(told);
      if (job.status === 'completed' && ahead.verdict.worst === 'stops')
        falseAlarms.push(
          `${told}\n  ${JSON.stringify(ahead.findings.filter((each) => each.severity === 'stops'))}`,
        );
    }
    const list = [
      ...unforeseen.map((each) => `NOT FORESEEN ${each}`),
      ...falseAlarms.map((each) => `WENT THROUGH ${each}`),
    ];
    if (list.length > 0) console.log(list.join('\n'));
    assert.deepEqual(silent, []);
    assert.ok(unforeseen.length <= rounds * MOST_UNFORESEEN, `${unforeseen.length} of ${rounds}`);
    assert.ok(falseAlarms.length <= rounds * MOST_UNFORESEEN, `${falseAlarms.length} of ${rounds}`);
  });
});
