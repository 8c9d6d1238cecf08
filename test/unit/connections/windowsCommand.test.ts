import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isLeftoverOutput, siblingName } from '../../../src/core/archive/file/unfinished';
import { conninfoString, dbnameValue } from '../../../src/core/connections/conninfo';
import { windowsCommand, type StartedProgram } from '../../../src/core/connections/windowsCommand';
import { AppError } from '../../../src/core/errors';
import { codePageIn } from '../../../src/core/pgtools/locate/ansiCodePage';
import { withAsciiName } from '../../../src/core/jobs/restore/input/openInput';

describe('a command for Windows’ tools', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), 'pgbackup-windows-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const say = (
    args: readonly string[],
    env: Record<string, string> = {},
    on: Parameters<typeof windowsCommand>[2] = { platform: 'win32', utf8: false },
  ): StartedProgram => windowsCommand({ args, env, cwd: 'C:\\tools' }, () => dir, on);
  /** What a service, or a password, file of the command says; in a folder of Windows' user. */
  const written = (name: string): string => readFileSync(path.join(dir, name), 'utf8');
  /** The file that a variable of the command names. */
  const named = ({ env, cwd }: StartedProgram, variable: string): string =>
    path.resolve(cwd, env[variable] ?? '');
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
    assert.deepEqual(say(other, {}, { platform: 'linux', utf8: false }).args, other);
    assert.deepEqual(readdirSync(dir), []);
  });

  for (const [database, said] of [
    ['Übung Ω日本', '%C3%9Cbung%20%CE%A9%E6%97%A5%E6%9C%AC'],
    ["O'Größe", 'O%27Gr%C3%B6%C3%9Fe'],
    ['ä=b\\c&d%', '%C3%A4%3Db%5Cc%26d%25'],
    ['😀', '%F0%9F%98%80'],
    // In a service file these would lose their ends: `à` ends with a byte that is a blank in 1252.
    ['Città', 'Citt%C3%A0'],
    ['Größe ', 'Gr%C3%B6%C3%9Fe%20'],
    ['Gr\u00f6\nsse', 'Gr%C3%B6%0Asse'],
  ] as const) {
    it(`names the database ${JSON.stringify(database)} in a URI`, () => {
      for (const env of [{}, { PGSERVICE: 'own' }]) {
        const named = say(['--host=db', `--dbname=${dbnameValue(database)}`, '--verbose'], env);
        const args = [`--dbname=postgresql:///?dbname=${said}`, '--host=db', '--verbose'];
        assert.deepEqual(named, { args, env, cwd: 'C:\\tools' });
        assert.equal(
          new URL(args[0]!.slice('--dbname='.length)).searchParams.get('dbname'),
          database,
        );
      }
      assert.deepEqual(readdirSync(dir), []);
    });
  }

  it('gives a password beyond ASCII in a password file, and only that', () => {
    for (const [password, line] of [
      ['Größe 😀', 'Größe 😀'],
      ['ü:a\\b ', 'ü\\:a\\\\b '],
      ['Città', 'Città'],
    ] as const) {
      const said = say(['--host=db', '--dbname=shop'], { PGPASSWORD: password, A: 'b' });
      assert.deepEqual(said.args, ['--host=db', '--dbname=shop']);
      assert.equal(written('passwords.conf'), `*:*:*:*:${line}\n`);
      assert.deepEqual(Object.keys(said.env), ['A', 'PGPASSFILE']);
      assert.equal(named(said, 'PGPASSFILE'), path.join(dir, 'passwords.conf'));
      rmSync(path.join(dir, 'passwords.conf'));
    }
    for (const [password, platform] of [
      ['ascii', 'win32'],
      ['Größe', 'linux'],
      ['ü\nx', 'win32'],
    ] as const) {
      const given = { PGPASSWORD: password };
      assert.deepEqual(say(['--dbname=shop'], given, { platform, utf8: false }).env, given);
    }
    assert.deepEqual(readdirSync(dir), []);
  });

  it('gives the passphrase of a key in a service file, with names and a password beyond ASCII', () => {
    const said = say(['--username=Jürgen', '--dbname=Größe'], {
      PGSSLPASSWORD: 'geheim ü',
      PGPASSWORD: 'ö',
    });
    const uri = 'postgresql:///?user=J%C3%BCrgen&dbname=Gr%C3%B6%C3%9Fe';
    assert.deepEqual(said.args, [`--dbname=${uri}`]);
    assert.deepEqual(Object.keys(said.env).sort(), ['PGPASSFILE', 'PGSERVICE', 'PGSERVICEFILE']);
    assert.equal(said.env['PGSERVICE'], 'pgbackup');
    assert.equal(named(said, 'PGPASSFILE'), path.join(dir, 'passwords.conf'));
    assert.equal(named(said, 'PGSERVICEFILE'), path.join(dir, 'service.conf'));
    assert.equal(written('service.conf'), '[pgbackup]\nsslpassword=geheim ü\n');
    assert.equal(written('passwords.conf'), '*:*:*:*:ö\n');
  });

  it('names files of secrets by where they are, in the folder of a user with such a name', () => {
    const home = mkdtempSync(path.join(dir, 'Jürgen 日-'));
    const { env, cwd } = windowsCommand(
      { args: ['--dbname=x'], env: { PGPASSWORD: 'ö', PGSSLPASSWORD: 'x' }, cwd: 'C:\\tools' },
      () => home,
      { platform: 'win32', utf8: false },
    );
    const said = [env['PGPASSFILE'] ?? '', env['PGSERVICEFILE'] ?? ''];
    // On other systems the folder's name is no path of Windows.
    if (process.platform !== 'win32') assert.match(cwd, /Jürgen/);
    assert.deepEqual(said, ['passwords.conf', 'service.conf']);
  });

  it('says where pg_dump may make files for a tar archive', () => {
    const TMP = 'C:\\Users\\日本\\Temp';
    for (const [args, cwd, temp] of [
      [['--format=tar', '--file=D:\\x.tar'], TMP, '.'],
      [['--format=tar', '--file=C:\\Users\\日本\\x.tar'], 'C:\\Users\\日本', 'Temp'],
      // It cannot be said from there: the backup's own folder is the only one.
      [['--format=tar', '--file=D:\\Größe\\x.tar'], 'D:\\Größe', '.'],
      [['--format=custom', '--file=D:\\x'], 'C:\\tools', TMP],
    ] as const) {
      const said = say(args, { TMP });
      assert.deepEqual([said.cwd, said.env], [cwd, { TMP: temp }]);
    }
    assert.equal(say(['--format=tar'], { TMP: 'C:\\Temp' }).cwd, 'C:\\tools');
  });

  it('keeps a user and all parameters', () => {
    const info = conninfoString([
      ['dbname', 'Größe'],
      ['application_name', "it's"],
    ]);
    const user = 'user=J%C3%BCrgen';
    const { args } = say(['--username=Jürgen', `--dbname=${info}`, '--host=h']);
    const rest = 'dbname=Gr%C3%B6%C3%9Fe&application_name=it%27s';
    assert.deepEqual(args, [`--dbname=postgresql:///?${user}&${rest}`, '--host=h']);
    const plain = say(['--username=Jürgen', '--dbname=shop']).args;
    assert.deepEqual(plain, [`--dbname=postgresql:///?${user}&dbname=shop`]);
  });

  it('is refused where nothing says it', () => {
    assert.equal(refused(['--role=Jürgen', '--file=C:\\größe\\x'], {}), 'ü');
  });

  for (const [page, utf8] of [
    [1252, false],
    [1250, false],
    [932, false],
    [65001, true],
  ] as const) {
    it(`can say ${utf8 ? 'everything' : 'only ASCII'} in the code page ${page}`, () => {
      const printed = `\r\nHKEY_LOCAL_MACHINE\\…\\CodePage\r\n    ACP    REG_SZ    ${page}\r\n\r\n`;
      assert.equal(codePageIn(printed), page);
      for (const args of [
        ['--role=Jürgen', '--dbname=Größe'],
        ['--file=C:\\größe\\x', 'D:\\日本\\y'],
      ]) {
        const command = { args, env: {}, cwd: 'C:\\tools' };
        const said = (): StartedProgram =>
          windowsCommand(command, () => dir, { platform: 'win32', utf8 });
        if (utf8) assert.deepEqual(said(), command);
        else assert.throws(said, (error) => AppError.is(error, 'argumentUnsayable'));
      }
    });
  }

  it('knows no code page where Windows names none', () => {
    for (const printed of ['', 'ERROR: …', '    OEMCP    REG_SZ    850']) {
      assert.equal(codePageIn(printed), null);
    }
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
