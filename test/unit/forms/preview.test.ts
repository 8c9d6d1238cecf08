import assert from 'node:assert/strict';
import { formConnection } from '../../../src/core/forms/form/formConnection';
import { backupCommand, LIST_PLACEHOLDER, restoreCommand } from '../../../src/core/plans/preview';
import {
  canConvert,
  canonicalEncoding,
  CLIENT_ENCODINGS,
} from '../../../src/core/forms/backup/encodings';
import { backup, backupContext, ref, restore, restoreContext, script } from './sampleCatalog';

const target = { file: '/usr/bin/tool', connectionArgs: ['--host=db', '--dbname=shop'] };

describe('backupCommand', () => {
  it('is what will run, with the final path', () => {
    const options = backup({ schemas: ['audit'], tables: [ref('app.customers')] });
    const command = backupCommand(options, backupContext(), target).argv;
    assert.equal(command[0], '/usr/bin/tool');
    for (const wanted of [
      '--format=custom',
      '--file=/backups/shop.dump',
      '--schema="audit"',
      '--schema="app"',
      '--exclude-table="app"."orders"',
      '--exclude-table="app"."orders_id_seq"',
      '--host=db',
      '--dbname=shop',
    ]) {
      assert.ok(command.includes(wanted), `${wanted} in ${command.join(' ')}`);
    }
    assert.ok(!command.some((arg) => arg.startsWith('--table')));
  });

  it('says that the job goes through an SSH server first', () => {
    const context = backupContext();
    const profile = { id: 'x', ssh: { host: 'bastion', user: 'me' } };
    const through = { ...context, connection: formConnection(profile) };
    assert.equal(backupCommand(backup(), through, target).ssh, 'me@bastion');
    assert.equal(backupCommand(backup(), context, target).ssh, null);
    const restoring = { ...restoreContext(), connection: formConnection(profile) };
    assert.equal(restoreCommand(restore(), restoring, target).ssh, 'me@bastion');
  });

  it('passes that nothing is compressed', () => {
    const command = backupCommand(backup({ compression: 0 }), backupContext(), target).argv;
    assert.ok(command.includes('--compress=0'));
  });

  it('is empty for options that cannot be put into a command', () => {
    const options = backup({ includeSchema: false, includeData: false });
    assert.deepEqual(backupCommand(options, backupContext(), target).argv, []);
  });

  it('is there before the server has answered', () => {
    const context = { connection: null, server: null, catalog: null, tool: null };
    const command = backupCommand(backup({ outputPath: '' }), context, target).argv;
    assert.ok(command.includes('--format=custom'));
  });
});

describe('restoreCommand', () => {
  it('runs pg_restore for archives', () => {
    const command = restoreCommand(restore(), restoreContext(), target).argv;
    assert.ok(command.includes('--exit-on-error'));
    assert.equal(command.at(-1), '/backups/shop.dump');
    assert.ok(!command.some((arg) => arg.startsWith('--use-list')));
  });

  it('shows where the list of what is selected will be', () => {
    const options = restore({ tables: [ref('app.orders')] });
    const command = restoreCommand(options, restoreContext(), target).argv;
    assert.ok(command.includes(`--use-list=${LIST_PLACEHOLDER}`));
    const real = restoreCommand(options, restoreContext(), {
      ...target,
      listFile: '/t/x.list',
    }).argv;
    assert.ok(real.includes('--use-list=/t/x.list'));
  });

  it("runs psql for scripts, stopping at errors, without the user's psqlrc", () => {
    const context = restoreContext({ info: script() });
    const command = restoreCommand(restore({ inputPath: '/b/x.sql' }), context, target).argv;
    assert.ok(command.includes('--no-psqlrc'));
    assert.ok(command.includes('--set=ON_ERROR_STOP=1'));
    assert.ok(command.includes('--file=/b/x.sql'));
  });

  it('is empty for options that cannot be put into a command', () => {
    const options = restore({ schemaOnly: true, dataOnly: true });
    assert.deepEqual(restoreCommand(options, restoreContext(), target).argv, []);
  });
});

describe('encodings', () => {
  it("knows PostgreSQL's spellings", () => {
    for (const name of CLIENT_ENCODINGS) {
      assert.equal(canonicalEncoding(name), name);
      assert.equal(canonicalEncoding(name.toLowerCase().replaceAll('_', '-')), name);
    }
    for (const [alias, name] of [
      ['Unicode', 'UTF8'],
      ['ISO-8859-15', 'LATIN9'],
      ['windows-1252', 'WIN1252'],
      ['ShiftJIS', 'SJIS'],
    ] as const) {
      assert.equal(canonicalEncoding(alias), name);
    }
    for (const wrong of ['', 'utf', 'utf16', 'latin0', 'windows-1259', 'constructor']) {
      assert.equal(canonicalEncoding(wrong), null, wrong);
    }
  });
  it('knows what is converted into what', () => {
    for (const name of CLIENT_ENCODINGS) {
      assert.ok(canConvert('UTF8', name) && canConvert(name, 'UTF8') && canConvert(name, name));
    }
    assert.equal(canConvert('KOI8R', 'WIN1251'), true);
    assert.equal(canConvert('LATIN2', 'WIN1250'), true);
    assert.equal(canConvert('LATIN1', 'WIN1252'), false);
    assert.equal(canConvert('SQL_ASCII', 'LATIN1'), true);
  });
});
