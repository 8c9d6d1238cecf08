import assert from 'node:assert/strict';
import {
  validateExtraArgs,
  type ExtraArgsContext,
  type ExtraProblem,
} from '../../../src/core/pgtools/args/extraArgs';
import type { ToolName } from '../../../src/core/model/tools';
import { version } from './versions';

function problems(
  tool: ToolName,
  text: string,
  args: string[],
  context?: ExtraArgsContext,
): ExtraProblem[] {
  return validateExtraArgs(tool, version(text), args, context).map((p) => p.problem);
}

/** The codes only, with what they are about. */
function codes(tool: ToolName, text: string, args: string[], context?: ExtraArgsContext): string[] {
  return problems(tool, text, args, context).map((p) => {
    switch (p.code) {
      case 'formField':
        return `${p.flag} is ${p.field}`;
      case 'reserved':
        return `${p.flag} is ${p.reason}`;
      case 'otherVersion':
        return `${p.flag} from ${String(p.since)} to ${String(p.until)}`;
      case 'abbreviation':
        return `short for ${p.candidates.join(' ')}`;
      case 'needs':
        return `${p.flag} needs ${p.anyOf.join(' ')}`;
      case 'conflict':
        return `${p.flag} against ${p.with} ${String(p.field)}`;
      case 'setInForm':
      case 'formatIgnores':
      case 'formatRefuses':
      case 'valueInvalid':
      case 'valueMissing':
      case 'valueUnexpected':
        return `${p.code} ${p.flag}`;
      case 'positional':
      case 'unknown':
        return p.code;
    }
  });
}

describe('validateExtraArgs', () => {
  it('lets through what the form has no field for', () => {
    const fine: [ToolName, string, string[]][] = [
      ['pg_dump', '12.22', []],
      ['pg_dump', '12.22', ['--no-comments', '--role=admin', '--no-publications']],
      ['pg_dump', '12.22', ['--role', 'admin', '--extra-float-digits', '-2']],
      ['pg_dump', '12.22', ['--section=pre-data']],
      ['pg_dump', '12.22', ['--inserts', '--on-conflict-do-nothing']],
      ['pg_dump', '12.22', ['--attribute-inserts']],
      ['pg_dump', '18.6', ['--no-policies', '--statistics', '--filter=/a/b']],
      ['pg_restore', '17.6', ['--transaction-size=100', '--no-comments']],
      ['psql', '17.6', ['-v', 'a=b', '--variable=c=d', '-At']],
    ];
    for (const [tool, text, args] of fine)
      assert.deepEqual(codes(tool, text, args), [], args.join());
  });

  it('refuses what collides with the form, however it is spelled', () => {
    const cases: [args: string[], expected: string[]][] = [
      [['-f', '/x'], ['--file is outputPath']],
      [['-f/x'], ['--file is outputPath']],
      [['--file=/x'], ['--file is outputPath']],
      [['--file', '/x'], ['--file is outputPath']],
      [['-F', 'c'], ['--format is format']],
      [['-Fp'], ['--format is format']],
      [['-j4'], ['--jobs is jobs']],
      [['-Z', '9'], ['--compress is compression']],
      [['-n', 'app'], ['--schema is schemas']],
      [['--table-and-children=x'], ['--table-and-children is tables']],
      [['-xO'], ['--no-privileges is includePrivileges', '--no-owner is includeOwnership']],
      [['--no-acl'], ['--no-privileges is includePrivileges']],
      [['--blobs'], ['--large-objects is largeObjects']],
      [['-d', 'other'], ['--dbname is connection']],
      [['--dbname=other'], ['--dbname is connection']],
      [['-hevil'], ['--host is connection']],
      [['-W'], ['--password is connection']],
      [['-w'], ['--no-password is managed']],
      [['-v'], ['--verbose is managed']],
      [['--help'], ['--help is information']],
      [['-?'], ['--help is information']],
      [['-V'], ['--version is information']],
    ];
    for (const [args, expected] of cases) {
      assert.deepEqual(codes('pg_dump', '17.6', args), expected, args.join(' '));
    }
  });

  it('refuses names, which would be taken for a database or an archive', () => {
    assert.deepEqual(codes('pg_dump', '17.6', ['other']), ['positional']);
    assert.deepEqual(codes('pg_dump', '17.6', ['']), ['positional']);
    assert.deepEqual(codes('pg_dump', '17.6', ['-']), ['positional']);
    assert.deepEqual(codes('pg_dump', '17.6', ['--', 'other']), ['positional', 'positional']);
    assert.deepEqual(codes('pg_dump', '17.6', ['--no-comments', 'other']), ['positional']);
  });

  it('refuses abbreviations, which mean other things to other versions', () => {
    // pg_restore 17 takes this for --no-data-for-failed-tables and restores the data.
    assert.deepEqual(codes('pg_restore', '17.6', ['--no-dat']), [
      'short for --no-data-for-failed-tables',
    ]);
    assert.deepEqual(codes('pg_restore', '17.6', ['--no-data']), ['--no-data from 18 to null']);
    assert.deepEqual(codes('pg_dump', '17.6', ['--fil=/x']), ['short for --file --filter']);
    assert.deepEqual(codes('pg_dump', '17.6', ['--lock-wait', '2s']), [
      'short for --lock-wait-timeout',
      'positional',
    ]);
  });

  it('knows the versions', () => {
    assert.deepEqual(codes('pg_dump', '13.23', ['--no-toast-compression']), [
      '--no-toast-compression from 14 to null',
    ]);
    assert.deepEqual(codes('pg_dump', '15.18', ['--no-synchronized-snapshots']), [
      '--no-synchronized-snapshots from 12 to 14',
    ]);
    assert.deepEqual(codes('pg_dump', '15.18', ['--large-objects']), [
      '--large-objects from 16 to null',
    ]);
    assert.deepEqual(codes('pg_dump', '13.23', ['-e', 'x']), ['-e from 14 to null', 'positional']);
    assert.deepEqual(codes('pg_dump', '17.6', ['--bogus', '-q']), ['unknown', 'unknown']);
    assert.deepEqual(codes('pg_dump', '17.6', ['--with-statistics']), ['unknown']);
  });

  it('checks values', () => {
    assert.deepEqual(codes('pg_dump', '17.6', ['--role']), ['valueMissing --role']);
    assert.deepEqual(codes('pg_dump', '17.6', ['--no-comments=1']), [
      'valueUnexpected --no-comments',
    ]);
    assert.deepEqual(codes('pg_dump', '17.6', ['--section=all']), ['valueInvalid --section']);
    assert.deepEqual(codes('pg_dump', '17.6', ['--rows-per-insert=0']), [
      'valueInvalid --rows-per-insert',
    ]);
    assert.deepEqual(codes('pg_dump', '17.6', ['--rows-per-insert=x']), [
      'valueInvalid --rows-per-insert',
    ]);
  });

  it('never lets a restore go elsewhere', () => {
    assert.deepEqual(codes('pg_restore', '17.6', ['-C']), ['--create is elsewhere']);
    assert.deepEqual(codes('pg_restore', '17.6', ['-l']), ['--list is information']);
    assert.deepEqual(codes('pg_restore', '17.6', ['-f', '-']), ['--file is managed']);
    assert.deepEqual(codes('pg_restore', '17.6', ['-L', 'x']), ['--use-list is tables']);
    assert.deepEqual(codes('psql', '17.6', ['-o', '|rm']), ['--output is managed']);
    assert.deepEqual(codes('psql', '17.6', ['-c', 'x']), ['--command is managed']);
    assert.deepEqual(codes('psql', '17.6', ['-1']), ['--single-transaction is singleTransaction']);
  });

  it('leaves to psql how errors are handled', () => {
    assert.deepEqual(codes('psql', '17.6', ['-vON_ERROR_STOP=0']), ['--set is exitOnError']);
    assert.deepEqual(codes('psql', '17.6', ['--set', 'ON_ERROR_STOP']), ['--set is exitOnError']);
    assert.deepEqual(codes('psql', '17.6', ['--variable=AUTOCOMMIT=off']), ['--set is managed']);
    assert.deepEqual(codes('psql', '17.6', ['--set=toString=1', '--set=on_error_stop=0']), []);
  });

  it('checks against the format and the options of the form', () => {
    const custom: ExtraArgsContext = { format: 'custom', given: new Set(['schema-only']) };
    assert.deepEqual(codes('pg_dump', '17.6', ['-c'], custom), ['formatIgnores --clean']);
    assert.deepEqual(codes('pg_dump', '17.6', ['--restrict-key=a'], custom), [
      'formatRefuses --restrict-key',
    ]);
    const tar: ExtraArgsContext = { format: 'tar', given: new Set() };
    const formats = (v: string): unknown[] =>
      validateExtraArgs('pg_dump', version(v), ['--restrict-key=a'], tar).map((p) => p.problem);
    const refused = { code: 'formatRefuses', flag: '--restrict-key', formats: ['plain'] };
    for (const v of ['13.23', '16.10', '17.11', '18.6']) assert.deepEqual(formats(v), [refused]);
    for (const v of ['17.12', '17.13']) assert.deepEqual(formats(v), []);
    assert.deepEqual(codes('pg_dump', '17.6', ['--include-foreign-data=x'], custom), [
      '--include-foreign-data against --schema-only includeData',
    ]);
    assert.deepEqual(codes('pg_dump', '17.6', ['--section=data'], custom), [
      '--section against --schema-only includeData',
    ]);
    assert.deepEqual(codes('pg_dump', '17.6', ['--on-conflict-do-nothing']), [
      '--on-conflict-do-nothing needs --inserts --rows-per-insert --column-inserts',
    ]);
    const plain: ExtraArgsContext = { format: 'plain', given: new Set() };
    assert.deepEqual(codes('pg_dump', '17.6', ['-c', '--if-exists'], plain), []);
    assert.deepEqual(codes('pg_dump', '17.6', ['--if-exists'], plain), [
      '--if-exists needs --clean',
    ]);
    assert.deepEqual(codes('pg_dump', '18.6', ['--statistics', '--no-statistics'], plain), [
      '--statistics against --no-statistics null',
      '--no-statistics against --statistics null',
    ]);
  });

  it('says which argument it is about', () => {
    const found = validateExtraArgs('pg_dump', version('17.6'), ['--role', 'a', 'b', '-Fc']);
    assert.deepEqual(
      found.map((p) => [p.index, p.argument, p.problem.code]),
      [
        [2, 'b', 'positional'],
        [3, '-Fc', 'formField'],
      ],
    );
  });
});
