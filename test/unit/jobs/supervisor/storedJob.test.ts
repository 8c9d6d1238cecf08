import assert from 'node:assert/strict';
import { decodeStoredJob } from '../../../../src/core/jobs/supervisor/store/storedJob';
import { identify } from '../../../../src/core/jobs/supervisor/store/processIdentity';
import { newJob } from '../../../../src/core/jobs/supervisor/window/newJob';
import { asLost } from '../../../../src/core/jobs/supervisor/store/lostJobs';
import { backupDefaults } from '../../../../src/core/forms/backup/backupDefaults';
import { restoreDefaults } from '../../../../src/core/forms/restore/restoreDefaults';
import type { JobNote } from '../../../../src/core/model/jobNotes';
import { jobErrorText, jobNoteText } from '../../../../src/core/text/jobNoteText';
import { jobItem } from '../../../../src/vscode/views/jobItem';

const id = '0d0a5a0e-0000-4000-8000-000000000001';
const options = { ...backupDefaults(), connectionId: 'main', outputPath: '/backups/shop.dump' };

const record = () => ({
  version: 1 as const,
  beat: 3,
  ticket: 1_800_000_000_000,
  owner: identify(),
  runId: '0123456789ab',
  tools: [identify()],
  origin: { workspace: 'file:///shop', workspaceName: 'shop', connection: 'Shop' },
  job: newJob(id, 'backup', options),
});

/** The record with one of its parts replaced; undefined takes it away. */
function altered(where: string, value: unknown): unknown {
  const copy = structuredClone(record()) as unknown as Record<string, unknown>;
  const keys = where.split('.');
  const last = keys.pop() ?? '';
  let at = copy;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

const pid = (number: unknown) => ({ ...identify(), pid: number });

/** What would end other processes, remove other files, or be no job that could be shown. */
const refused: [where: string, value: unknown][] = [
  ...[
    '',
    'a',
    '0123456789AB',
    '0123456789abc',
    '0123456789a',
    '../../../../',
    12,
    null,
    undefined,
  ].map((runId): [string, unknown] => ['runId', runId]),
  ...[1, 0, -1, -4711, 1.5, 2 ** 31, '4711', null, undefined, [], {}].flatMap(
    (number): [string, unknown][] => [
      ['owner', pid(number)],
      ['tools', [identify(), pid(number)]],
    ],
  ),
  ['owner', null],
  ['owner.host', 7],
  ['owner.stamp', undefined],
  ['tools', {}],
  ['tools', Array.from({ length: 10_001 }, () => identify())],
  ['version', '1'],
  ['beat', -1],
  ['beat', 'x'],
  ['ticket', NaN],
  ['ticket', 1e300],
  ['ticket', '1'],
  ['origin', 'shop'],
  ['origin.connection', 7],
  ['job', null],
  ['job', []],
  ['job.id', ''],
  ['job.id', 7],
  ['job.type', 'purge'],
  ['job.status', 'done'],
  ['job.status', undefined],
  ['job.startTime', 'yesterday'],
  ['job.startTime', '+275760-09-13T00:00:00.000Z'],
  ['job.endTime', 7],
  ['job.output', 'text'],
  ['job.errors', [{ message: 7 }]],
  ['job.errors', [null]],
  ['job.command', 'pg_dump'],
  ['job.outputPath', 7],
  ['job.sizeBytes', -1],
  ['job.targetState', 'burnt'],
  ['job.failure', { code: 7, details: {} }],
  ['job.failure', { code: 'internal', details: 'text' }],
  ['job.warnings', [{}]],
  ['job.verification', { level: 'structure' }],
  ['job.progress', { elapsedMs: 1e300 }],
  ['job.options', null],
  ['job.options', 'shop'],
  ['job.options.outputPath', ['/a']],
  ['job.options.connectionId', null],
  ['job.options.tables', 'all'],
  ['job.options.tables', ['app.orders']],
  ['job.options.toolOptions', { section: { a: 1 } }],
  ['job.options.format', 'zip'],
];

/** A value in a test's name, without what differs from run to run. */
function named(value: unknown): string {
  const constant = (key: string, part: unknown): unknown => {
    if (['stamp', 'host', 'space'].includes(key)) return undefined;
    return key === 'pid' && part === process.pid ? 'own' : part;
  };
  return JSON.stringify(value, constant)?.slice(0, 60) ?? 'missing';
}

describe('the record of a job', () => {
  it('is taken as it was written', () => {
    assert.deepEqual(decodeStoredJob(JSON.parse(JSON.stringify(record()))), record());
  });

  for (const [where, value] of refused) {
    it(`is none with ${where} ${named(value)}`, () => {
      assert.equal(decodeStoredJob(altered(where, value)), null);
    });
  }

  for (const value of [
    null,
    undefined,
    1,
    'text',
    [],
    {},
    { version: 1 },
    { version: 1, job: {} },
  ]) {
    it(`is none as ${JSON.stringify(value) ?? 'nothing'}`, () => {
      assert.equal(decodeStoredJob(value), null);
    });
  }

  it('of an earlier version is filled in, that of a later one keeps what is understood', () => {
    const earlier = decodeStoredJob(altered('job.options', { connectionId: 'main' }));
    assert.deepEqual(earlier?.job.options, { ...options, outputPath: '' });
    assert.equal(decodeStoredJob(altered('origin', undefined))?.origin, undefined);
    assert.deepEqual(decodeStoredJob(altered('news', 'from the future')), record());
  });

  it('has notes that there are words for, whatever version wrote them', () => {
    const known: JobNote[] = [
      { code: 'localeReplaced', database: 'a', asked: null, outcome: 'c' },
      {
        code: 'localeReplaced',
        database: 'a',
        asked: { collate: 'C', ctype: 'C', provider: { kind: 'icu', locale: 'de', rules: '&a<b' } },
        outcome: 'otherProvider',
      },
      { code: 'stopsAtErrors', stops: false },
      { code: 'leftOut', reason: 'subscriptions', names: ['s'] },
      { code: 'refreshedEmpty', names: ['app.mv'] },
      { code: 'outputIsLink', link: '/a', target: '/b' },
      { code: 'databaseLeft', database: 'a', connection: 'Shop' },
      { code: 'waitsForLock', wait: { object: null, blockers: [] } },
    ];
    const unknown = [null, 7, 'text', {}, { code: 'news' }, { code: 'leftOut' }, [known[0]]];
    const both = [...unknown, ...known, { code: 'stopsAtErrors', stops: 'yes' }];
    const notes = decodeStoredJob(altered('job.notes', both))?.job.notes;
    assert.deepEqual(notes, known);
    assert.ok(known.every((note) => jobNoteText(note) !== ''));
    const [error] = decodeStoredJob(altered('job.errors', [{ message: 'm', note: { code: 1 } }]))!
      .job.errors;
    assert.equal(error && jobErrorText(error), 'm');
  });

  /** Where each code's details have words, those of another form have none. */
  const misfits: [code: string, details: Record<string, unknown>, fits: boolean][] = [
    ['inputMissing', { path: '/a' }, true],
    ['inputMissing', {}, false],
    ['inputMissing', { path: 7 }, false],
    ['toolFailed', { tool: 'pg_dump', exitCode: 1, cause: 'other', text: '' }, true],
    ['toolFailed', { tool: 'pg_dump', exitCode: 1, cause: 'news', text: '' }, false],
    ['toolFailed', { tool: 'pg_dump', exitCode: 1, cause: 'toString', text: '' }, false],
    ['toolFailed', { tool: 'a', exitCode: 1, cause: 'lockTimeout', text: '', lock: {} }, false],
    ['optionInvalid', { field: 'jobs', problem: 'sentence' }, true],
    ['optionInvalid', { field: 'jobs', problem: { code: 'excludes', field: 'clean' } }, true],
    ['optionInvalid', { field: 'jobs', problem: { code: 'excludes' } }, false],
    ['optionInvalid', { field: 'jobs', problem: null }, false],
    ['trialReachesOut', { path: '/a', kind: 'constructor' }, false],
    ['cancelled', {}, true],
    ['news', { from: 'the future' }, true],
    ['constructor', {}, true],
    ['__proto__', {}, true],
  ];
  for (const [code, details, fits] of misfits) {
    it(`keeps a failure ${code} ${JSON.stringify(details)} only where its words are sure`, () => {
      const expected = fits ? { code, details } : { code: 'internal', details: { text: code } };
      const failed = decodeStoredJob(altered('job.failure', { code, details }));
      assert.deepEqual(failed?.job.failure, expected);
      const warned = decodeStoredJob(altered('job.warnings', [{ code, details }]));
      assert.deepEqual(warned?.job.warnings, [expected]);
    });
  }

  it('of every type can be shown and settled', () => {
    const context = {
      labelOf: String,
      failureText: () => '',
      dateText: String,
      whenText: String,
      isForeign: () => false,
    };
    for (const type of ['backup', 'restore', 'verify'] as const) {
      const stored = decodeStoredJob({ ...record(), job: newJob(id, type, {} as never) });
      assert.ok(stored, type);
      assert.notEqual(jobItem(stored.job, context).label, '');
      assert.equal(asLost(stored).status, 'lost');
    }
    const restore = { ...restoreDefaults(), connectionId: 'main', inputPath: '/a.dump' };
    const stored = decodeStoredJob({ ...record(), job: newJob(id, 'restore', restore) });
    assert.deepEqual(stored?.job.options, restore);
  });
});
