import assert from 'node:assert/strict';
import { beginChoices } from '../../../src/core/forms/form/choices';
import { changeBackup, evaluateBackup } from '../../../src/core/forms/backup/backupForm';
import { clusterEffects } from '../../../src/core/forms/restore/clusterRestore';
import { backupCommand } from '../../../src/core/plans/preview';
import { rememberableBackup } from '../../../src/core/forms/api/rememberable';
import { decodeBackupRequest } from '../../../src/core/forms/api/requests';
import {
  evaluateRestore,
  resetForFile,
  restoreOptionsOf,
} from '../../../src/core/forms/restore/restoreForm';
import type { BackupScope } from '../../../src/core/model/options';
import { optionsOf } from '../../../src/core/pgtools/catalogue/catalogue';
import {
  backup,
  backupContext,
  ref,
  restore,
  restoreContext,
  script,
  server,
  tool,
} from './sampleCatalog';

const scopes: BackupScope[] = ['server', 'globals', 'roles', 'tablespaces'];
const superuser = backupContext({ server: server({ isSuperuser: true }) });

function command(scope: BackupScope, more: Parameters<typeof backup>[0] = {}): string[] {
  const options = { ...changeBackup(backup(), { scope }), ...more };
  const { problems } = evaluateBackup(options, superuser);
  assert.deepEqual(problems, []);
  const [, ...args] = backupCommand(options, superuser, {
    file: 'pg_dumpall',
    connectionArgs: [],
  }).argv;
  return args;
}

describe('a backup of more than a database', () => {
  it('is told to pg_dumpall by its scope', () => {
    const flags = scopes.map((scope) => command(scope).filter((arg) => /-only$/.test(arg)));
    assert.deepEqual(flags, [[], ['--globals-only'], ['--roles-only'], ['--tablespaces-only']]);
    for (const scope of scopes) {
      const args = command(scope);
      assert.ok(args.includes('--database=shop'));
      assert.equal(
        args.some((arg) => arg.startsWith('--lock-wait-timeout')),
        scope === 'server',
      );
      assert.ok(!args.some((arg) => /--(format|compress|jobs)/.test(arg)));
    }
  });

  it('quotes the databases that it leaves out, beside patterns of the user', () => {
    const context = backupContext({
      server: server({ isSuperuser: true, databases: ['shop', 'A "b".*'] }),
    });
    const options = {
      ...changeBackup(backup(), { scope: 'server' }),
      excludeDatabases: ['A "b".*'],
      toolOptions: { 'exclude-database': ['test*'] },
    };
    assert.deepEqual(evaluateBackup(options, context).problems, []);
    const args = backupCommand(options, context, { file: 'pg_dumpall', connectionArgs: [] }).argv;
    assert.deepEqual(
      args.filter((arg) => arg.startsWith('--exclude-database')),
      ['--exclude-database="A ""b"".*"', '--exclude-database=test*'],
    );
  });

  it('counts no databases where all are left out', () => {
    const context = backupContext({ server: server({ isSuperuser: true, databases: ['shop'] }) });
    const whole = changeBackup(backup(), { scope: 'server' });
    const [all] = evaluateBackup(whole, context).summary;
    assert.match(all ?? '', /one database \(shop\)/);
    const [none] = evaluateBackup({ ...whole, excludeDatabases: ['shop'] }, context).summary;
    assert.match(none ?? '', /^The whole server without its databases: /);
  });

  it('goes to a script and back, with what each tool has', () => {
    const before = backup({
      outputPath: '/b/x.dump',
      toolOptions: { compress: 'zstd:3', 'no-comments': true, section: ['data'] },
      tables: [ref('app.orders')],
      excludeSchemas: ['log'],
      jobs: 1,
    });
    const whole = changeBackup(before, { scope: 'server' });
    assert.equal(whole.format, 'plain');
    assert.equal(whole.outputPath, '/b/x.sql');
    assert.deepEqual(whole.toolOptions, { 'no-comments': true });
    assert.equal(whole.tables, null);
    assert.deepEqual(whole.excludeSchemas, []);
    const back = changeBackup(
      { ...whole, excludeDatabases: ['shop'], toolOptions: { 'no-role-passwords': true } },
      { scope: 'database' },
    );
    assert.equal(back.format, 'custom');
    assert.equal(back.compression, 6);
    assert.deepEqual(back.excludeDatabases, []);
    assert.deepEqual(back.toolOptions, {});
  });

  it('refuses what acts on databases where there is none', () => {
    const acting = ['no-comments', 'no-role-passwords', 'no-tablespaces', 'restrict-key', 'clean'];
    for (const id of ['inserts', 'no-publications', 'no-toast-compression', 'exclude-database']) {
      const value = id === 'exclude-database' ? ['x'] : true;
      const options = {
        ...changeBackup(backup(), { scope: 'globals' }),
        toolOptions: { [id]: value },
      };
      const fields = evaluateBackup(options, superuser).problems.map(({ field }) => field);
      assert.deepEqual(fields, [`toolOptions.${id}`]);
    }
    for (const id of acting) {
      const value = id === 'restrict-key' ? 'abc' : true;
      command('globals', { toolOptions: { [id]: value } });
    }
  });

  it('warns who cannot read passwords, unless they are left out or not in it', () => {
    const warned = scopes.filter((scope) => {
      const options = changeBackup(backup(), { scope });
      const { problems } = evaluateBackup(
        options,
        backupContext({ server: server({ isSuperuser: false }) }),
      );
      return problems.some(({ field, severity }) => field === 'scope' && severity === 'warning');
    });
    assert.deepEqual(warned, ['server', 'globals', 'roles']);
  });

  it('is remembered with its scope, not with what it left out; asked for by command it is a script', () => {
    const options = { ...changeBackup(backup(), { scope: 'server' }), excludeDatabases: ['shop'] };
    const kept = rememberableBackup({
      ...options,
      toolOptions: { 'no-role-passwords': true, clean: true },
    });
    assert.equal(kept.scope, 'server');
    assert.deepEqual(kept.toolOptions, { 'no-role-passwords': true });
    assert.ok(!('excludeDatabases' in kept));
    const asked = decodeBackupRequest({ options: { connectionId: 'a', scope: 'roles' } }).options;
    assert.equal(asked.format, 'plain');
    assert.equal(decodeBackupRequest({ options: { connectionId: 'a' } }).options.scope, 'database');
  });

  it('has a field or an option for everything that pg_dumpall can be told', () => {
    const fields = optionsOf('pg_dumpall').filter((row) => row.formField === 'scope');
    assert.deepEqual(
      fields.map(({ id }) => id),
      ['globals-only', 'roles-only', 'tablespaces-only'],
    );
  });
});

describe('a restore of a whole server', () => {
  const info = script({
    cluster: true,
    connects: ['template1', 'shop', 'new', 'kept'],
    clusterContents: {
      created: ['shop', 'new', 'kept'],
      dropped: ['shop'],
      roles: ['postgres', 'app'],
      droppedRoles: [],
      tablespaces: [],
    },
  });
  const there = server({ databases: ['postgres', 'shop', 'kept'], user: 'postgres' });

  it('tells databases that it creates, writes into and drops', () => {
    assert.deepEqual(clusterEffects(info, there.databases), {
      created: ['shop', 'new'],
      written: ['template1', 'kept'],
      dropped: ['shop'],
    });
    assert.deepEqual(clusterEffects(info, null).dropped, ['shop']);
  });

  it('has to be meant, and goes on after the error that is certain', () => {
    const context = restoreContext({
      info,
      server: { ...there, isSuperuser: true },
      tool: tool('17.11'),
    });
    const before = restore({ wholeServer: true, targetDatabase: 'shop', createDatabase: true });
    const options = restoreOptionsOf(resetForFile(beginChoices(before)), context);
    assert.deepEqual(
      [options.wholeServer, options.targetDatabase, options.createDatabase, options.exitOnError],
      [false, null, false, false],
    );
    const errors = (given: typeof options): string[] =>
      evaluateRestore(given, context)
        .problems.filter(({ severity }) => severity === 'error')
        .map(({ field }) => field);
    assert.deepEqual(errors(options), ['wholeServer']);
    assert.deepEqual(errors({ ...options, wholeServer: true }), []);
    assert.deepEqual(errors({ ...options, wholeServer: true, exitOnError: true }), ['exitOnError']);
  });

  it('is restored in part, into targets that are there or not, when databases are chosen', () => {
    const context = restoreContext({ info, server: there, tool: tool('17.11') });
    const errors = (databases: { name: string; target: string }[]): string[] => {
      const options = restoreOptionsOf(beginChoices(restore({ databases })), context);
      assert.equal(options.exitOnError, true);
      return evaluateRestore(options, context)
        .problems.filter(({ severity }) => severity === 'error')
        .map(({ field }) => field);
    };
    assert.deepEqual(errors([{ name: 'shop', target: 'copy' }]), []);
    for (const bad of [
      [],
      [{ name: 'nowhere', target: 'copy' }],
      [{ name: 'shop', target: '' }],
      [{ name: 'shop', target: 'x'.repeat(64) }],
      [
        { name: 'shop', target: 'copy' },
        { name: 'kept', target: 'copy' },
      ],
    ]) {
      assert.deepEqual(errors(bad), ['databases'], JSON.stringify(bad));
    }
    const chosen = [
      { name: 'shop', target: 'kept' },
      { name: 'new', target: 'copy' },
    ];
    assert.deepEqual(clusterEffects(info, there.databases, chosen), {
      created: ['copy'],
      written: ['kept'],
      dropped: [],
    });
  });
});
