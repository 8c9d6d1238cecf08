import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { evaluateBackup } from '../../../src/core/forms/backup/backupForm';
import {
  decodeBackupRequest,
  decodeCancelRequest,
  decodeInfoRequest,
  decodeRestoreRequest,
} from '../../../src/core/forms/api/requests';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { evaluateRestore } from '../../../src/core/forms/restore/restoreForm';
import { fullExample } from '../../support/forms/apiExample';
import { backupContext, restoreContext } from './sampleCatalog';

const minimal = { connectionId: 'dev', outputPath: '/b/x.dump' };

const original = {
  jobId: 'test-job',
  options: {
    ...fullExample,
    connectionId: 'test-conn',
    outputPath: '/tmp/backup.dump',
    toolOptions: {},
    toolDir: null,
  },
};

function malformed(decode: () => unknown): { field: string; problem: string } {
  try {
    decode();
  } catch (error) {
    assert.ok(AppError.is(error, 'requestMalformed'), String(error));
    return error.details;
  }
  assert.fail('was accepted');
}

describe('decodeBackupRequest', () => {
  it('fills in the defaults of each format, which the form accepts', () => {
    for (const format of [undefined, 'custom', 'plain', 'directory', 'tar'] as const) {
      const { options, notes, ...rest } = decodeBackupRequest({
        options: { ...minimal, ...(format ? { format } : {}) },
      });
      assert.deepEqual(rest, {});
      assert.deepEqual(notes, []);
      assert.deepEqual(options, { ...backupDefaults(format), ...minimal });
      const complete = { ...backupDefaults(format), ...minimal };
      assert.deepEqual(evaluateBackup(complete, backupContext()).problems, []);
    }
  });

  it('takes a full example as it stands', () => {
    const { jobId, options, notes } = decodeBackupRequest(original);
    assert.equal(jobId, 'test-job');
    assert.deepEqual(notes, []);
    assert.deepEqual(options, {
      ...original.options,
      scope: 'database',
      database: null,
      excludeDatabases: [],
      excludeSchemas: [],
      profile: 'custom',
      largeObjects: null,
      extensions: null,
    });
  });

  it('takes several jobs for as many as the format can be written by', () => {
    for (const [format, jobs] of [
      ['custom', 4],
      ['directory', 4],
      ['plain', 1],
      ['tar', 1],
    ] as const) {
      const { options, notes } = decodeBackupRequest({ options: { ...minimal, format, jobs: 4 } });
      assert.equal(options.jobs, jobs, format);
      assert.equal(notes.length, jobs === 4 ? 0 : 1, format);
    }
  });

  it('takes tables as objects and as strings', () => {
    const tables = ['app.orders', { schema: 'a.b', name: 'c' }];
    const { options } = decodeBackupRequest({
      options: { ...minimal, tables, excludeTables: tables },
    });
    assert.deepEqual(options.tables, tables);
    assert.deepEqual(options.excludeTables, tables);
  });

  it('takes undefined for missing', () => {
    const { options } = decodeBackupRequest({
      jobId: undefined,
      options: { ...minimal, outputPath: undefined, compression: undefined },
    });
    assert.equal(options.compression, 6);
    assert.equal(options.outputPath, '');
  });

  const refusals: [string, unknown, string][] = [
    ['nothing', undefined, 'request'],
    ['null', null, 'request'],
    ['a string', 'x', 'request'],
    ['no options', {}, 'options'],
    ['no connection', { options: { outputPath: '/b' } }, 'options.connectionId'],
    ['an empty connection', { options: { connectionId: '' } }, 'options.connectionId'],
    ['an empty path', { options: { ...minimal, outputPath: '' } }, 'options.outputPath'],
    ['a number as path', { options: { ...minimal, outputPath: 1 } }, 'options.outputPath'],
    ['an unknown format', { options: { ...minimal, format: 'zip' } }, 'options.format'],
    ['compression 10', { options: { ...minimal, compression: 10 } }, 'options.compression'],
    ['compression "6"', { options: { ...minimal, compression: '6' } }, 'options.compression'],
    ['compression 1.5', { options: { ...minimal, compression: 1.5 } }, 'options.compression'],
    ['a string as flag', { options: { ...minimal, noSync: 'yes' } }, 'options.noSync'],
    ['null as flag', { options: { ...minimal, includeData: null } }, 'options.includeData'],
    ['no jobs', { options: { ...minimal, jobs: 0 } }, 'options.jobs'],
    ['endless jobs', { options: { ...minimal, jobs: Infinity } }, 'options.jobs'],
    [
      'a negative timeout',
      { options: { ...minimal, lockWaitTimeout: -1 } },
      'options.lockWaitTimeout',
    ],
    ['a string of schemas', { options: { ...minimal, schemas: 'app' } }, 'options.schemas'],
    [
      'a number among schemas',
      { options: { ...minimal, schemas: ['app', 1] } },
      'options.schemas[1]',
    ],
    ['a number as table', { options: { ...minimal, tables: [1] } }, 'options.tables[0]'],
    ['an empty table', { options: { ...minimal, tables: ['a.b', ''] } }, 'options.tables[1]'],
    [
      'half a table',
      { options: { ...minimal, tables: [{ schema: 'a' }] } },
      'options.tables[0].name',
    ],
    [
      'too much of a table',
      { options: { ...minimal, excludeTables: [{ schema: 'a', name: 'b', x: 1 }] } },
      'options.excludeTables[0].x',
    ],
    [
      'no list of exclusions',
      { options: { ...minimal, excludeTables: null } },
      'options.excludeTables',
    ],
    ['an unknown option', { options: { ...minimal, compresion: 6 } }, 'options.compresion'],
    ['an option of a restore', { options: { ...minimal, clean: true } }, 'options.clean'],
    ['an unknown profile', { options: { ...minimal, profile: 'best' } }, 'options.profile'],
    [
      'a profile of restores',
      { options: { ...minimal, profile: 'allOrNothing' } },
      'options.profile',
    ],
    ['an unknown field', { options: minimal, confirm: true }, 'confirm'],
    ['an empty job id', { jobId: '', options: minimal }, 'jobId'],
    ['a number as job id', { jobId: 1, options: minimal }, 'jobId'],
    ['a long job id', { jobId: 'x'.repeat(201), options: minimal }, 'jobId'],
    [
      'an argument that is no string',
      { options: { ...minimal, extraArgs: [1] } },
      'options.extraArgs[0]',
    ],
  ];
  const besideProfile: [object, string][] = [
    [{ format: 'custom' }, 'format'],
    [{ compression: 0 }, 'compression'],
    [{ jobs: 1 }, 'jobs'],
    [{ toolOptions: { compress: 'zstd:3' } }, 'toolOptions.compress'],
  ];
  for (const profile of ['recommended', 'smallest', 'fastest', 'portable']) {
    for (const [given, field] of besideProfile) {
      const options = { ...minimal, profile, ...given };
      refusals.push([`${field} beside ${profile}`, { options }, field]);
    }
  }
  for (const [name, request, field] of refusals) {
    it(`refuses ${name}`, () => {
      const details = malformed(() => decodeBackupRequest(request));
      assert.equal(details.field, field);
      assert.match(details.problem, /^(must|is) /);
    });
  }

  it('tells a missing field from a wrong one', () => {
    assert.equal(malformed(() => decodeBackupRequest({ options: {} })).problem, 'is missing');
    const wrong = malformed(() => decodeBackupRequest({ options: { ...minimal, format: 1 } }));
    assert.equal(wrong.problem, 'must be one of custom, plain, directory, tar');
  });
});

describe('decodeRestoreRequest', () => {
  const input = { connectionId: 'dev', inputPath: '/b/x.dump' };

  const profiles: [string, object, number, boolean, string[]][] = [
    ['leaves jobs to file and machine', { profile: 'recommended' }, 1, false, []],
    ['takes one transaction', { profile: 'allOrNothing' }, 1, true, ['singleTransaction']],
    ['takes one job', { profile: 'custom' }, 1, false, ['jobs']],
    ['takes the jobs that are given', { profile: 'custom', jobs: 3 }, 3, false, ['jobs']],
    [
      'takes the transaction that is given',
      { profile: 'custom', singleTransaction: true },
      1,
      true,
      ['singleTransaction', 'jobs'],
    ],
  ];
  for (const [what, given, jobs, singleTransaction, set] of profiles) {
    it(`${what}: ${JSON.stringify(given)}`, () => {
      const { options, explicitFields } = decodeRestoreRequest({ options: { ...input, ...given } });
      const expected = { ...restoreDefaults(), ...input, jobs, singleTransaction };
      assert.deepEqual(options, expected);
      assert.deepEqual(explicitFields.sort(), [...Object.keys(input), ...set].sort());
    });
  }

  it('fills in the defaults, which the form accepts', () => {
    const { options, explicitFields, confirmed } = decodeRestoreRequest({ options: input });
    assert.deepEqual(options, { ...restoreDefaults(), ...input });
    assert.deepEqual(explicitFields.sort(), ['connectionId', 'inputPath']);
    assert.equal(confirmed, false);
  });

  it('takes a full example', () => {
    const wished = { ...input, clean: false, noOwner: true, exitOnError: true, jobs: 4 };
    const { jobId, options } = decodeRestoreRequest({ jobId: 'restore-job', options: wished });
    assert.equal(jobId, 'restore-job');
    assert.deepEqual(options, { ...restoreDefaults(), ...wished });
    const complete = { ...restoreDefaults(), ...wished };
    assert.deepEqual(evaluateRestore(complete, restoreContext()).problems, []);
  });

  it('lets defaults follow from what is given', () => {
    const of = (wished: object) =>
      decodeRestoreRequest({ options: { ...input, ...wished } }).options;
    assert.equal(of({ clean: true }).ifExists, true);
    assert.equal(of({ clean: true, ifExists: false }).ifExists, false);
    assert.equal(of({ clean: false }).ifExists, false);
    assert.equal(of({ singleTransaction: true }).exitOnError, true);
    assert.equal(of({ singleTransaction: true }).jobs, 1);
    assert.equal(of({ jobs: 4 }).singleTransaction, false);
  });

  it('takes the comparison of checksums as an option, and beside the options', () => {
    const of = (beside: object, option: object = {}): boolean =>
      decodeRestoreRequest({ options: { ...input, ...option }, ...beside }).options.checksums;
    assert.equal(of({}), false);
    assert.equal(of({ checksums: true }), true);
    assert.equal(of({}, { checksums: true }), true);
    assert.equal(of({ checksums: true }, { checksums: false }), false);
  });

  it('knows a confirmed restore', () => {
    assert.equal(decodeRestoreRequest({ options: input, confirmed: true }).confirmed, true);
    assert.equal(
      malformed(() => decodeRestoreRequest({ options: input, confirmed: 'yes' })).field,
      'confirmed',
    );
  });

  const refusals: [string, object, string][] = [
    ['no file', { connectionId: 'dev' }, 'options.inputPath'],
    ['an empty target', { ...input, targetDatabase: '' }, 'options.targetDatabase'],
    ['an option of a backup', { ...input, format: 'tar' }, 'options.format'],
    ['no list of tables', { ...input, tables: 'app.orders' }, 'options.tables'],
  ];
  const besideProfile: [string, object, string][] = [
    ['jobs beside Recommended', { profile: 'recommended', jobs: 1 }, 'jobs'],
    [
      'a transaction beside Recommended',
      { profile: 'recommended', singleTransaction: false },
      'singleTransaction',
    ],
    ['jobs beside one transaction', { profile: 'allOrNothing', jobs: 4 }, 'jobs'],
    ['a profile of backups', { profile: 'smallest' }, 'options.profile'],
    ['a profile that is no text', { profile: 1 }, 'options.profile'],
    ['no profile', { profile: null }, 'options.profile'],
  ];
  const all = [
    ...refusals,
    ...besideProfile.map(([name, given, field]) => [name, { ...input, ...given }, field] as const),
  ];
  for (const [name, options, field] of all) {
    it(`refuses ${name}`, () => {
      assert.equal(malformed(() => decodeRestoreRequest({ options })).field, field);
    });
  }
});

describe('decodeInfoRequest and decodeCancelRequest', () => {
  it('take what they need', () => {
    assert.deepEqual(decodeInfoRequest({ path: '/x' }), { path: '/x' });
    assert.deepEqual(decodeCancelRequest({ jobId: 'a' }), { jobId: 'a' });
  });
  it('refuse the rest', () => {
    assert.equal(malformed(() => decodeInfoRequest({})).field, 'path');
    assert.equal(malformed(() => decodeInfoRequest({ path: '' })).field, 'path');
    assert.equal(malformed(() => decodeCancelRequest({ jobId: null })).field, 'jobId');
    assert.equal(malformed(() => decodeCancelRequest([])).field, 'request');
  });
});
