/** Tens of thousands of objects are judged in turns: what is worked on between two of them. */
import assert from 'node:assert/strict';
import { noFileFacts } from '../../../src/core/archive/facts/noFileFacts';
import { factsSql } from '../../../src/core/catalog/restore/readTargetFacts';
import { CooperativeLoop } from '../../../src/core/cooperativeLoop';
import type { RestoreOptions } from '../../../src/core/model/options';
import { PREFLIGHT_RULES } from '../../../src/core/preflight/preflightRules';
import { judge, type Change } from './judge';

const MANY = 1000;
const NO_FILE = { format: 'custom', serverMajor: 17, encoding: 'UTF8' } as const;
/** How often one rule looks at an object's name. */
const MOST_LOOKS = 4;

/** Counts how often names of objects are read between two turns that could be given. */
class Reads extends CooperativeLoop {
  private reads = 0;
  all = 0;
  /** By the kind of the turn: those within a comparison, and those between rules. */
  readonly most = { small: 0, large: 0 };
  private pauses = 0;

  override get shouldYield(): boolean {
    this.note('small');
    return false;
  }

  override async pause(): Promise<void> {
    this.pauses++;
    this.note('large');
    return Promise.resolve();
  }

  get rules(): number {
    return this.pauses;
  }

  named<T extends object>(object: T, name: string): T & { name: string } {
    const read = (): string => {
      this.reads++;
      this.all++;
      return name;
    };
    return Object.defineProperty({ ...object, name }, 'name', { get: read, enumerable: true });
  }

  private note(kind: 'small' | 'large'): void {
    this.most[kind] = Math.max(this.most[kind], this.reads);
    this.reads = 0;
  }
}

function many(reads: Reads, options: Partial<RestoreOptions>): Change {
  const names = Array.from({ length: MANY }, (_, i) => `t${i}`);
  const there = { schema: 'app', kind: 'r', rows: 5, unique: true, owned: false };
  const rights = { mayInsert: false, rowSecurity: true };
  const columns = ['a', 'b'].map((name) => ({ name, generated: name === 'b', required: true }));
  const made = { dumpId: 1, desc: 'TABLE', schema: 'app' };
  return {
    options,
    server: { isSuperuser: false },
    file: {
      relations: names.map((name) => reads.named(made, name)),
      rows: names.map((name) => reads.named({ dumpId: 2, schema: 'app', columns: ['c'] }, name)),
    },
    database: {
      relations: [
        ...names.map((name) => reads.named({ ...there, ...rights, columns }, name)),
        ...names.map((name) => reads.named({ ...there, ...rights }, `other ${name}`)),
      ],
    },
  };
}

describe('Very many objects before a restore', () => {
  const ways: readonly (readonly [string, Partial<RestoreOptions>])[] = [
    ['into what is there', { exitOnError: false }],
    ['rows alone', { dataOnly: true }],
    ['dropped first', { clean: true, ifExists: true }],
    ['rows replaced', { dataOnly: true, replaceRows: true, singleTransaction: true }],
  ];
  for (const [title, options] of ways) {
    it(`are worked on a few at a time, and each rule has a turn: ${title}`, async () => {
      const reads = new Reads();
      const { findings } = await judge(many(reads, options), reads);
      assert.ok(findings.length > 0 && reads.all > MANY);
      assert.ok(reads.most.small <= 2 * MOST_LOOKS, `${reads.most.small} between small turns`);
      const all = `${reads.most.large} of ${reads.all} between large turns`;
      assert.ok(reads.most.large <= MOST_LOOKS * MANY, all);
      assert.equal(reads.rules, PREFLIGHT_RULES.length + 1);
    });
  }

  it('are asked about in turns: those that are dropped, and those that get rows', async () => {
    const reads = new Reads();
    const file = { ...noFileFacts(NO_FILE), ...many(reads, {}).file };
    const sql = await factsSql(17, { file, database: true, dependents: true }, reads);
    assert.ok(sql.includes(`t${MANY - 1}`));
    assert.deepEqual([reads.all, reads.most.large], [2 * MANY, MANY]);
  });

  it('are not judged any more once nobody wants it', async () => {
    const stop = new AbortController();
    class Stops extends CooperativeLoop {
      until = 3;
      override async pause(): Promise<void> {
        if (--this.until === 0) stop.abort();
        return super.pause();
      }
    }
    const turns = new Stops(stop.signal);
    await assert.rejects(judge(many(new Reads(), {}), turns), { code: 'cancelled' });
    assert.equal(turns.until, 0);
  });
});
