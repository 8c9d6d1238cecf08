import assert from 'node:assert/strict';
import type { BackupInfo, StrayLines } from '../../../../src/core/model/archive';
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
  tool,
} from '../sampleCatalog';
import { type Field, problemsOf } from './problemsOf';

const strays = (more: Partial<StrayLines>): StrayLines => ({
  ...{ leftOut: 2, first: 'pg_dump: a', torn: null, failure: null },
  ...more,
});

const NEW_DATABASE = { createDatabase: true, targetDatabase: 'new' } as const;

describe('evaluateRestore', () => {
  const both = { schemaOnly: true, dataOnly: true };
  const cluster = script({ cluster: true, connects: ['postgres', 'shop'] });
  const refusals: [string, Partial<RestoreOptions>, Field[], Partial<RestoreContext>?][] = [
    [
      'to save what is whole into a database that is there',
      { salvage: true, exitOnError: false },
      ['salvage'],
    ],
    [
      'an archive that is cut, without saving what is whole',
      {},
      ['inputPath'],
      { info: archive({ complete: false }) },
    ],
    [
      'to save something of an archive whose table of contents is damaged',
      { salvage: true, exitOnError: false, ...NEW_DATABASE },
      ['salvage', 'inputPath'],
      { info: archive({ complete: false, warnings: ['damagedToc'] }) },
    ],
    ['no connection', { connectionId: '' }, ['connectionId'], { connection: null }],
    [
      'a read-only connection',
      {},
      ['connectionId'],
      { connection: { ...connection, readOnly: true } },
    ],
    ['no file', { inputPath: '' }, ['inputPath'], { info: null }],
    ['a relative file', { inputPath: 'x.dump' }, ['inputPath']],
    ['schema only with data only', both, ['dataOnly']],
    ['clean with data only', { clean: true, dataOnly: true }, ['clean']],
    ['if exists without clean', { ifExists: true }, ['ifExists']],
    ['a single transaction of several jobs', { singleTransaction: true, jobs: 2 }, ['jobs']],
    [
      'a single transaction that goes on after errors',
      { singleTransaction: true, exitOnError: false },
      ['exitOnError'],
    ],
    ['several jobs on tar', { jobs: 2 }, ['jobs'], { info: archive({ format: 'tar' }) }],
    ['no jobs', { jobs: 0 }, ['jobs']],
    ['65 jobs', { jobs: 65 }, ['jobs']],
    [
      'disabled triggers while definitions are restored',
      { disableTriggers: true },
      ['disableTriggers'],
    ],
    [
      'disabled triggers with schema only',
      { disableTriggers: true, schemaOnly: true },
      ['disableTriggers'],
    ],
    ['a new database without name', { createDatabase: true }, ['targetDatabase']],
    [
      'a new database that exists',
      { createDatabase: true, targetDatabase: 'other' },
      ['targetDatabase'],
    ],
    ['a new template0', { createDatabase: true, targetDatabase: 'template0' }, ['targetDatabase']],
    [
      'the cleaning of a new database',
      { createDatabase: true, targetDatabase: 'new', clean: true },
      ['clean'],
    ],
    [
      'a new database that is replaced',
      { swapIn: true, createDatabase: true, targetDatabase: 'new' },
      ['createDatabase'],
    ],
    ['the cleaning of a database that is replaced', { swapIn: true, clean: true }, ['clean']],
    ['rows alone for a database that is replaced', { swapIn: true, dataOnly: true }, ['dataOnly']],
    [
      'a template that is replaced',
      { swapIn: true, targetDatabase: 'template1' },
      ['targetDatabase'],
    ],
    ['the end of sessions where nothing is replaced', { endSessions: true }, ['endSessions']],
    ['a database that is not there', { targetDatabase: 'nosuch' }, ['targetDatabase']],
    ['an empty name', { targetDatabase: '' }, ['targetDatabase']],
    [
      'a name of 64 bytes',
      { createDatabase: true, targetDatabase: 'é'.repeat(32) },
      ['targetDatabase'],
    ],
    ['a schema that is not in the archive', { schemas: ['nosuch'] }, ['schemas']],
    ['a table that is not in the archive', { tables: [ref('app.Orders')] }, ['tables']],
    ['an archive too new for the tool', {}, ['inputPath'], { tool: tool('16.10') }],
    [
      'an archive of 16 with pg_restore 15',
      {},
      ['inputPath'],
      { info: archive({ archiveVersion: '1.15' }), tool: tool('15.14') },
    ],
    [
      'an archive with missing members',
      {},
      ['inputPath'],
      { info: archive({ warnings: ['missingMembers'] }) },
    ],
    ['a truncated archive', {}, ['inputPath'], { info: archive({ complete: false }) }],
    ['exit on error where an error is certain', {}, ['exitOnError'], { server: oldServer }],
    [
      'a single transaction where an error is certain',
      { singleTransaction: true },
      ['singleTransaction', 'exitOnError'],
      { server: oldServer },
    ],
    [
      'a script that a message has torn',
      {},
      ['inputPath'],
      {
        info: script({
          complete: false,
          strays: strays({ torn: { line: 7, text: 'x', table: 't' } }),
        }),
      },
    ],
    [
      'a script whose pg_dump failed',
      {},
      ['inputPath'],
      { info: script({ complete: false, strays: strays({ failure: 'gone' }) }) },
    ],
    [
      'a script that connects elsewhere, beside its own database',
      {},
      ['inputPath'],
      { info: script({ connects: ['a', 'b'] }) },
    ],
    ['psql commands', {}, ['inputPath'], { info: script({ warnings: ['metaCommands'] }) }],
    ['a script without its end', {}, ['inputPath'], { info: script({ complete: false }) }],
    [
      'a damaged table of contents',
      {},
      ['inputPath'],
      { info: archive({ warnings: ['damagedToc'] }) },
    ],
    ['a cluster script', {}, ['wholeServer'], { info: cluster }],
    ['the whole server from an archive', { wholeServer: true }, ['wholeServer']],
    [
      'a whole server in one transaction, or in one database',
      { wholeServer: true, singleTransaction: true, targetDatabase: 'shop' },
      ['targetDatabase', 'singleTransaction'],
      { info: cluster },
    ],
    [
      'a whole server by a psql that follows hidden commands',
      { wholeServer: true },
      ['inputPath'],
      { info: cluster, tool: tool('17.5') },
    ],
    [
      'a script that connects elsewhere',
      {},
      ['inputPath'],
      { info: script({ connects: ['live'] }) },
    ],
    [
      'a script that psql is too old for',
      {},
      ['inputPath'],
      { info: script({ warnings: ['restrictKeys'] }), tool: tool('17.5') },
    ],
    ['--help', { extraArgs: ['--help'] }, ['extraArgs']],
    ['--create, which acts on another database', { extraArgs: ['--create'] }, ['extraArgs']],
    [
      'an archive option for a script',
      { extraArgs: ['--no-comments'] },
      ['extraArgs'],
      { info: script() },
    ],
  ];
  for (const [name, options, fields, context = {}] of refusals) {
    it(`refuses ${name}`, () => assert.deepEqual(problemsOf(options, context, 'error'), fields));
  }

  it('promises nothing of a psql that follows hidden commands, whatever it does at errors', () => {
    for (const exitOnError of [true, false]) {
      const context = { info: script(), tool: tool('17.5') };
      assert.deepEqual(problemsOf({ exitOnError }, context, 'error'), []);
      assert.deepEqual(problemsOf({ exitOnError }, context, 'warning'), ['inputPath']);
    }
  });

  it('says of an older psql that it goes on with rows as statements', () => {
    for (const [exitOnError, version, fields] of [
      [false, '15.18', ['exitOnError']],
      [true, '15.18', []],
      [false, '17.6', []],
    ] as const) {
      const context = { info: script(), tool: tool(version) };
      assert.deepEqual(problemsOf({ exitOnError }, context, 'warning'), fields);
    }
  });

  const byTheScript: Partial<RestoreOptions>[] = [
    { ifExists: true },
    { disableTriggers: true },
    { jobs: 2 },
  ];
  const parts: Partial<RestoreOptions>[] = [
    { schemaOnly: true },
    { dataOnly: true },
    { schemas: ['app'] },
    { tables: [ref('app.orders')] },
    { noOwner: true },
    { noPrivileges: true },
  ];
  /** Of archives, pg_restore has options for them. */
  const scriptParts: Partial<RestoreOptions>[] = [
    { withoutComments: true },
    { withoutPublications: true },
    { withoutSecurityLabels: true },
    { withoutRowsOf: [ref('app.orders')] },
  ];
  const byHand = script({ pgDumpVersion: '' });
  const refusing: [of: string, info: BackupInfo, all: Partial<RestoreOptions>[]][] = [
    ['a script', script(), byTheScript],
    ['an archive', archive(), scriptParts],
    ['a script by hand', byHand, [{ schemas: ['app'] }, { tables: [ref('app.orders')] }]],
  ];
  for (const [of, info, all] of refusing) {
    for (const options of all) {
      const [field] = Object.keys(options) as Field[];
      it(`refuses ${field ?? ''} for ${of}, and disables it`, () => {
        assert.deepEqual(problemsOf(options, { info }, 'error'), [field]);
        const { fields } = evaluateRestore(restore(), restoreContext({ info }));
        assert.ok(field && fields[field]?.enabled === false && fields[field].reason);
      });
    }
  }

  it('takes a part of a script of pg_dump, and none of one of pg_dumpall', () => {
    for (const options of [...parts, ...scriptParts]) {
      const [field] = Object.keys(options) as Field[];
      assert.deepEqual(problemsOf(options, { info: script() }, 'error'), []);
      const whole = problemsOf({ ...options, wholeServer: true }, { info: cluster }, 'error');
      assert.ok(field && whole.includes(field), field);
    }
    for (const options of [{ schemaOnly: true }, { noOwner: true }, { withoutComments: true }]) {
      assert.deepEqual(problemsOf(options, { info: byHand }, 'error'), []);
    }
  });

  const accepted: [string, Partial<RestoreOptions>, Partial<RestoreContext>?][] = [
    ['a new database', { createDatabase: true, targetDatabase: 'new = db' }],
    ['another database', { targetDatabase: 'other' }],
    ['the database of the connection by name', { targetDatabase: 'shop' }],
    ['a database while the server is not known', { targetDatabase: 'x' }, { server: null }],
    ['schema only', { schemaOnly: true }],
    ['data only with disabled triggers', { dataOnly: true, disableTriggers: true }],
    ['clean', { clean: true, ifExists: true, exitOnError: false }],
    ['several jobs', { jobs: 4 }],
    ['several jobs on a directory', { jobs: 4 }, { info: archive({ format: 'directory' }) }],
    ['a single transaction', { singleTransaction: true }],
    ['schemas and tables', { schemas: ['public'], tables: [ref('app.orders')] }],
    ['going on after errors', { exitOnError: false }, { server: oldServer }],
    [
      'an old archive',
      {},
      { info: archive({ archiveVersion: '1.14' }), tool: tool('15.14'), server: oldServer },
    ],
    [
      'a new archive on an old server with an old tool',
      { exitOnError: false },
      { server: oldServer },
    ],
    ['a script of the newest on an old server', {}, { info: script(), server: oldServer }],
    ['a script that makes another', {}, { info: script({ connects: ['a'], ownDatabase: 'a' }) }],
    ['a script with messages around it', {}, { info: script({ strays: strays({}) }) }],
    ['a script into another database', { targetDatabase: 'other' }, { info: script() }],
    ['a script in a single transaction', { singleTransaction: true }, { info: script() }],
    ['a script going on after errors', { exitOnError: false }, { info: script() }],
    ['a script that connects to its target', {}, { info: script({ connects: ['shop'] }) }],
    [
      'a script that psql is new enough for',
      {},
      { info: script({ warnings: ['restrictKeys'] }), tool: tool('17.6') },
    ],
    [
      'an old script on an old server',
      {},
      { info: script({ pgDumpVersion: '16.10' }), server: oldServer },
    ],
    [
      'to save what is whole of an archive that looks whole: its data may be damaged',
      { ...{ salvage: true, salvageRows: true, exitOnError: false }, ...NEW_DATABASE },
    ],
    [
      'to save what is whole of one that is cut',
      { ...{ salvage: true, exitOnError: false }, ...NEW_DATABASE },
      { info: archive({ complete: false }) },
    ],
    ['extra arguments', { extraArgs: ['--no-comments'] }],
    ['nothing known of file and server', {}, { info: null, server: null, tool: null }],
  ];
  for (const [name, options, context = {}] of accepted) {
    it(`accepts ${name}`, () => assert.deepEqual(problemsOf(options, context, 'error'), []));
  }

  const disabled: [string, Partial<RestoreOptions>, Field[], Partial<RestoreContext>?][] = [
    ['an archive', {}, ['ifExists', 'remakeKeys', 'replaceRows', 'disableTriggers']],
    [
      'tar',
      {},
      ['ifExists', 'remakeKeys', 'replaceRows', 'disableTriggers', 'jobs'],
      { info: archive({ format: 'tar' }) },
    ],
    [
      'data only',
      { dataOnly: true },
      ['clean', 'ifExists', 'remakeKeys', 'noOwner', 'noPrivileges'],
    ],
    ['clean', { clean: true }, ['replaceRows', 'disableTriggers']],
    [
      'a single transaction',
      { singleTransaction: true },
      ['ifExists', 'remakeKeys', 'replaceRows', 'disableTriggers', 'jobs', 'exitOnError'],
    ],
    [
      'a new database',
      { createDatabase: true, targetDatabase: 'new' },
      ['clean', 'ifExists', 'remakeKeys', 'replaceRows', 'disableTriggers'],
    ],
    [
      'an old target',
      { exitOnError: false },
      [
        'ifExists',
        'remakeKeys',
        'replaceRows',
        'disableTriggers',
        'exitOnError',
        'singleTransaction',
      ],
      { server: oldServer },
    ],
  ];
  for (const [name, options, fields, context = {}] of disabled) {
    it(`disables what cannot apply: ${name}`, () => {
      const evaluation = evaluateRestore(restore(options), restoreContext(context));
      const ofScripts = scriptParts.flatMap((each) => Object.keys(each));
      const expected = [...fields, ...ofScripts, 'salvageRows'].sort();
      assert.deepEqual(Object.keys(evaluation.fields).sort(), expected);
      // What cannot be changed is as it has to be: there is nothing to turn on or off.
      for (const field of Object.values(evaluation.fields)) {
        assert.doesNotMatch(field?.reason ?? '', /Turn this|Set 1/);
      }
    });
  }
});
