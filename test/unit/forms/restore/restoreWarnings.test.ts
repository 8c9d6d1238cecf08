import assert from 'node:assert/strict';
import type { BackupInfo, ForeignKeyEnd } from '../../../../src/core/model/archive';
import type { RestoreContext } from '../../../../src/core/forms/form/context';
import type { RestoreOptions } from '../../../../src/core/model/options';
import { evaluateRestore } from '../../../../src/core/forms/restore/restoreForm';
import {
  archive,
  connection,
  oldServer,
  ref,
  restore,
  restoreContext,
  script,
  server,
} from '../sampleCatalog';
import { type Field, problemsOf } from './problemsOf';

describe('warnings of evaluateRestore', () => {
  const blobs = script({ contents: { ...script().contents, hasBlobs: true } });
  const attached = archive({ warnings: ['attachedIndexes'] });
  // orders refers to events, in the wrong order; notes to events, in the right one.
  const ends = [0, 1, 2].map((place) => ({ tables: [place], rows: [100 + place] }));
  const [orders, events, notes] = ends as [ForeignKeyEnd, ForeignKeyEnd, ForeignKeyEnd];
  const constrained = archive({
    foreignKeys: [
      { from: notes, to: events, inOrder: true },
      { from: orders, to: events, inOrder: false },
    ],
  });
  const ordered = archive({ foreignKeys: [{ from: notes, to: events, inOrder: true }] });
  const clean = { clean: true, ifExists: true };
  const warnings: [string, Partial<RestoreOptions>, Field[], Partial<RestoreContext>?][] = [
    [
      'production',
      {},
      ['connectionId'],
      { connection: { ...connection, environment: 'production' } },
    ],
    // Of the target's version, and of a setting that it does not know.
    [
      'a dump newer than the target',
      { exitOnError: false },
      ['connectionId', 'toolDir'],
      { server: oldServer },
    ],
    [
      'a transaction that is not atomic',
      { singleTransaction: true },
      ['singleTransaction'],
      { info: blobs },
    ],
    [
      'a script that connects to its target',
      {},
      ['inputPath'],
      { info: script({ connects: ['shop'] }) },
    ],
    [
      'disabled triggers without superuser',
      { dataOnly: true, disableTriggers: true },
      ['disableTriggers'],
      { server: server({ isSuperuser: false }) },
    ],
    ['foreign keys in the way', { dataOnly: true }, ['dataOnly'], { info: constrained }],
    [
      'foreign keys among the chosen tables',
      { dataOnly: true, schemas: ['app'], tables: [ref('log.events')] },
      ['dataOnly'],
      { info: constrained },
    ],
    [
      'foreign keys among the chosen entries',
      { dataOnly: true, dumpIds: [100, 101] },
      ['dataOnly'],
      { info: constrained },
    ],
    [
      'foreign keys that jobs overtake',
      { dataOnly: true, jobs: 2 },
      ['dataOnly'],
      { info: ordered },
    ],
    ['indexes of partitions', { ...clean, exitOnError: false }, ['clean'], { info: attached }],
    ['indexes of partitions that stop the restore', clean, ['clean'], { info: attached }],
    ['dropping what may not be there', { clean: true }, ['ifExists']],
  ];
  for (const [name, options, fields, context = {}] of warnings) {
    it(`warns of ${name}`, () => {
      assert.deepEqual(problemsOf(options, context, 'warning'), fields);
      assert.deepEqual(problemsOf(options, context, 'error'), []);
    });
  }

  it('warns of several jobs for rows alone, whose order they do not keep', () => {
    const info = archive({ rowsAlone: true });
    assert.deepEqual(problemsOf({ jobs: 2 }, { info }, 'warning'), ['jobs']);
    assert.deepEqual(problemsOf({ jobs: 1 }, { info }, 'warning'), []);
    const free = { jobs: 2, dataOnly: true, disableTriggers: true };
    assert.deepEqual(problemsOf(free, { info }, 'warning'), []);
  });

  const harmless: [string, Partial<RestoreOptions>, BackupInfo][] = [
    ['in the order of the archive', {}, ordered],
    ['of a table that is not chosen', { jobs: 2, tables: [ref('app.orders')] }, constrained],
    ['to an entry that is not chosen', { jobs: 2, dumpIds: [100, 102] }, constrained],
    ['whose triggers are disabled', { jobs: 2, disableTriggers: true }, constrained],
    ['that are made after the rows', { jobs: 2, dataOnly: false }, constrained],
  ];
  for (const [name, options, info] of harmless) {
    it(`does not warn of foreign keys ${name}`, () => {
      assert.deepEqual(problemsOf({ dataOnly: true, ...options }, { info }, 'warning'), []);
    });
  }

  it('says what to do about foreign keys: whoever may not disable triggers is not told to', () => {
    const told = (options: Partial<RestoreOptions>, isSuperuser: boolean, info: BackupInfo) =>
      evaluateRestore(
        restore({ dataOnly: true, ...options }),
        restoreContext({ info, server: server({ isSuperuser }) }),
      ).problems.map(({ message }) => message);
    assert.deepEqual(told({ jobs: 2 }, true, constrained), [
      '2 foreign keys, such as that of app.orders to log.events, can refuse rows that come before those they refer to. Disable triggers, or restore the definitions as well: foreign keys are then made after the rows.',
    ]);
    assert.deepEqual(told({ jobs: 2 }, false, ordered), [
      `The foreign key of public.notes to log.events can refuse rows that come before those they refer to. With 1 job, all rows are restored in their order. Restore the definitions as well: foreign keys are then made after the rows. Only a superuser can disable triggers instead, and ${server().user} is not a superuser.`,
    ]);
  });
});
