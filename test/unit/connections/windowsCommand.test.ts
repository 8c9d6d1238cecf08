import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isLeftoverOutput, siblingName } from '../../../src/core/archive/file/unfinished';
import { conninfoString, dbnameValue } from '../../../src/core/connections/conninfo';
import { windowsCommand, type StartedProgram } from '../../../src/core/connections/windowsCommand';
import { AppError } from '../../../src/core/errors';
import { withAsciiName } from '../../../src/core/jobs/restore/input/openInput';

describe('a command for Windows’ tools', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), 'pgbackup-windows-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const say = (
    args: readonly string[],
    env: Record<string, string> = {},
    platform: NodeJS.Platform = 'win32',
  ): StartedProgram => windowsCommand({ args, env, cwd: 'C:\\tools' }, () => dir, platform);
  const service = (): string => readFileSync(path.join(dir, 'service.conf'), 'utf8');
  const refused = (args: readonly string[], env?: Record<string, string>): string | undefined => {
    try {
      say(args, env);
      return undefined;
    } catch (error) {
      return AppError.is(error, 'argumentUnsayable') ? error.details.character : String(error);
    }
  };

  it('stays as it is in ASCII, and on other systems', () => {
    const plain = ['--file=C:\\x\\y.dump', '--dbname=shop'];
    assert.deepEqual(say(plain), { args: plain, env: {}, cwd: 'C:\\tools' });
    const other = ['--file=/größe', '--dbname=größe'];
    assert.deepEqual(say(other, {}, 'linux').args, other);
    assert.deepEqual(readdirSync(dir), []);
  });

  for (const database of ['Übung Ω日本', "O'Größe", 'ä=b\\c', '😀']) {
    it(`names the database ${database} in a service file`, () => {
      const { args, env } = say(['--host=db', `--dbname=${dbnameValue(database)}`, '--verbose']);
      assert.deepEqual(args, ['--dbname=service=pgbackup', '--host=db', '--verbose']);
      assert.equal(service(), `[pgbackup]\ndbname=${database}\n`);
      assert.equal(env['PGSERVICEFILE'], path.join(dir, 'service.conf'));
    });
  }

  it('gives a password beyond ASCII in the service file, and only that', () => {
    const { args, env } = say(['--host=db', '--dbname=shop'], { PGPASSWORD: 'Größe 😀', A: 'b' });
    assert.deepEqual(args, ['--dbname=service=pgbackup', '--host=db']);
    assert.equal(service(), '[pgbackup]\ndbname=shop\npassword=Größe 😀\n');
    assert.deepEqual(env, { A: 'b', PGSERVICEFILE: path.join(dir, 'service.conf') });
    rmSync(path.join(dir, 'service.conf'));
    for (const [password, platform, service] of [
      ['ascii', 'win32', undefined],
      ['Größe', 'linux', undefined],
      // libpq would trim it.
      ['Größe ', 'win32', undefined],
      ['Größe', 'win32', 'own'],
    ] as const) {
      const given = { PGPASSWORD: password, ...(service && { PGSERVICE: service }) };
      assert.deepEqual(say(['--dbname=shop'], given, platform).env, given);
    }
    assert.deepEqual(readdirSync(dir), []);
  });

  it('keeps a user and all parameters', () => {
    const info = conninfoString([
      ['dbname', 'Größe'],
      ['application_name', "it's"],
    ]);
    say(['--username=Jürgen', `--dbname=${info}`]);
    assert.equal(service(), "[pgbackup]\nuser=Jürgen\ndbname=Größe\napplication_name=it's\n");
    rmSync(path.join(dir, 'service.conf'));
    const { args } = say(['--username=Jürgen', '--dbname=shop']);
    assert.equal(service(), '[pgbackup]\nuser=Jürgen\ndbname=shop\n');
    assert.deepEqual(args, ['--dbname=service=pgbackup']);
  });

  it('is refused when a service file cannot say it either', () => {
    assert.equal(refused(['--dbname=Größe '], {}), 'ö');
    assert.equal(refused(['--dbname=Gr\u00f6\nsse'], {}), 'ö');
    assert.equal(refused(['--dbname=Größe'], { PGSERVICE: 'own' }), 'ö');
    assert.equal(refused(['--role=Jürgen', '--file=C:\\größe\\x'], {}), 'ü');
  });

  for (const [what, args, cwd, expected] of [
    ['a file', ['--file=D:\\日本\\x.dump'], 'D:\\日本', ['--file=x.dump']],
    ['an archive', ['--verbose', 'D:\\日本\\x.dump'], 'D:\\日本', ['--verbose', 'x.dump']],
    ['a share', ['--file=\\\\nas\\größe\\b\\x'], '\\\\nas\\größe\\b', ['--file=x']],
    ['a share with slashes', ['--file=//nas/größe/b/x'], '//nas/größe/b', ['--file=x']],
    ['a distribution’s file', ['\\\\wsl$\\Ubuntu\\ü\\x'], '\\\\wsl$\\Ubuntu\\ü', ['x']],
    [
      'a file beside one of ours, whose folder is taken',
      ['--file=C:\\Users\\Jürgen\\Documents\\x', '--filter=C:\\Users\\Jürgen\\tmp\\f'],
      'C:\\Users\\Jürgen\\tmp',
      ['--file=..\\Documents\\x', '--filter=f'],
    ],
    [
      'one of two',
      ['--file=D:\\plain\\x', '--use-list=C:\\Jürgen\\l'],
      'C:\\Jürgen',
      ['--file=D:\\plain\\x', '--use-list=l'],
    ],
  ] as const) {
    it(`says ${what} by where it works`, () => {
      const said = say(args);
      assert.deepEqual({ cwd: said.cwd, args: said.args }, { cwd, args: expected });
    });
  }

  it('is refused when there is no such place', () => {
    assert.equal(refused(['--file=C:\\größe\\x', 'D:\\日本\\y']), 'ö');
    assert.equal(refused(['C:\\x\\日本.dump']), '日');
  });

  it('writes to a name in ASCII, and reads from one', async () => {
    const partial = siblingName('日本 Größe.dump', '0123456789ab', 'partial', 'win32');
    assert.match(partial, /^[ -~]+$/);
    assert.ok(isLeftoverOutput(partial));
    assert.match(siblingName('日本', '0123456789ab', 'partial', 'linux'), /日本/);
    const file = path.join(dir, '日本.dump');
    writeFileSync(file, 'dump');
    assert.equal(await withAsciiName(file, assert.fail, 'linux'), file);
    const long = path.join(dir, 'd'.repeat(100), 'e'.repeat(100), `${'f'.repeat(60)}.dump`);
    mkdirSync(path.dirname(long), { recursive: true });
    writeFileSync(long, 'dump');
    for (const each of [file, long]) {
      const named = await withAsciiName(each, () => mkdtempSync(path.join(dir, 'x')), 'win32');
      assert.equal(path.basename(named), 'input.dump');
      assert.equal(readFileSync(named, 'utf8'), 'dump');
    }
    assert.equal(await withAsciiName(long, assert.fail, 'darwin'), long);
  });
});
