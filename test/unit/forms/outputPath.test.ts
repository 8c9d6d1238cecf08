import assert from 'node:assert/strict';
import { outputPathFromTemplate, withExtension } from '../../../src/core/forms/backup/outputPath';
import type { BackupFormat } from '../../../src/core/model/options';

const now = new Date(2026, 0, 2, 3, 4, 5);

function path(more: Partial<Parameters<typeof outputPathFromTemplate>[0]> = {}): string {
  return outputPathFromTemplate({
    template: '${database}',
    directory: '/backups',
    format: 'directory',
    database: 'shop',
    connection: 'dev',
    now,
    ...more,
  });
}

describe('outputPathFromTemplate', () => {
  it('replaces its variables, in local time', () => {
    const template = '${connection}_${database}_${date}_${time}_${unknown}';
    assert.equal(path({ template }), '/backups/dev_shop_2026-01-02_030405_${unknown}');
  });

  it('has a name where there is no connection yet', () => {
    const template = '${connection}/${database}_${date}';
    const named = path({ template, database: '', connection: '' });
    assert.equal(named, '/backups/database/database_2026-01-02');
  });

  const extensions: [BackupFormat, number, string][] = [
    ['custom', 6, '.dump'],
    ['custom', 0, '.dump'],
    ['plain', 0, '.sql'],
    ['plain', 6, '.sql.gz'],
    ['tar', 0, '.tar'],
    ['directory', 6, ''],
  ];
  for (const [format, compression, extension] of extensions) {
    it(`gives ${format} at ${compression} the extension "${extension}"`, () => {
      assert.equal(path({ format, compression }), `/backups/shop${extension}`);
    });
  }

  const databases: [string, string, string][] = [
    ['a slash', 'a/b', 'a_b'],
    ['the way up', '../../etc/passwd', '_._.._etc_passwd'],
    ['only dots', '..', '_'],
    ['a backslash', 'a\\b', 'a_b'],
    ['a leading dash', '-rf', '_rf'],
    ['a leading dot', '.hidden', '_hidden'],
    ['a leading tilde', '~root', '_root'],
    ['what Windows refuses', 'a<b>c:d"e|f?g*h', 'a_b_c_d_e_f_g_h'],
    ['control characters', 'a\nb\tc\u0000d\u007f', 'a_b_c_d_'],
    ['trailing dots and spaces', 'shop. . ', 'shop'],
    ['a device of Windows', 'CON', '_CON'],
    ['a device with extension', 'nul.txt', '_nul.txt'],
    ['a name that begins like a device', 'console', 'console'],
    ['quotes and spaces', "it's a b", "it's a b"],
    ['unicode', 'таблица✓', 'таблица✓'],
    ['a lone surrogate', 'a\ud800b', 'a_b'],
    ['nothing', '', 'database'],
  ];
  for (const [name, database, expected] of databases) {
    it(`makes a name of ${name}`, () => {
      const made = path({ database, template: '${database}' });
      assert.equal(made, `/backups/${expected}`);
    });
  }

  it('cuts long names at whole characters', () => {
    const made = path({ database: '✓'.repeat(100) }).slice('/backups/'.length);
    assert.ok(Buffer.byteLength(made) <= 200);
    assert.equal(made, '✓'.repeat(66));
  });

  it('makes directories of slashes in the template, not of those in names', () => {
    assert.equal(
      path({ template: '${connection}/${date}/x', connection: 'a/b' }),
      '/backups/a_b/2026-01-02/x',
    );
    assert.equal(path({ template: '/${database}//' }), '/backups/shop');
    assert.equal(path({ template: '../../x' }), '/backups/_/_/x');
  });

  it('uses the separator of the directory', () => {
    assert.equal(path({ directory: 'C:\\backups\\', template: 'a/b' }), 'C:\\backups\\a\\b');
    assert.equal(path({ directory: '/' }), '/shop');
  });

  it('falls back to the name of the database', () => {
    assert.equal(path({ template: '' }), '/backups/shop');
    assert.equal(path({ template: ' / ' }), '/backups/shop');
  });
});

describe('withExtension', () => {
  const custom = { format: 'custom', compression: 6 } as const;
  const plain = { format: 'plain', compression: 0 } as const;
  const directory = { format: 'directory', compression: 6 } as const;
  const cases: [
    string,
    typeof custom | typeof plain | typeof directory,
    typeof custom | typeof plain | typeof directory,
    string,
  ][] = [
    ['/b/x.dump', custom, plain, '/b/x.sql'],
    ['/b/x.backup', custom, plain, '/b/x.sql'],
    ['/b/x.DUMP', custom, plain, '/b/x.sql'],
    ['/b/x.bak', custom, plain, '/b/x.bak'],
    ['/b/x', custom, plain, '/b/x'],
    ['/b/x', directory, plain, '/b/x.sql'],
    ['/b/my.shop', directory, custom, '/b/my.shop.dump'],
    ['/b/x.dump', directory, custom, '/b/x.dump'],
    ['/b/x.sql', plain, directory, '/b/x'],
    ['/b.dump/x', custom, directory, '/b.dump/x'],
    ['C:\\b\\x.sql.gz', plain, custom, 'C:\\b\\x.dump'],
    ['/b/', directory, custom, '/b/'],
    ['', directory, custom, ''],
    ['/b/x.sql', custom, custom, '/b/x.sql'],
  ];
  for (const [before, from, to, after] of cases) {
    it(`${before}: ${from.format} to ${to.format}`, () => {
      assert.equal(withExtension(before, from, to), after);
    });
  }
});
