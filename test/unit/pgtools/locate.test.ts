import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { findTools, type FindToolsOptions } from '../../../src/core/pgtools/locate/locate';
import type { ToolName, ToolSearch } from '../../../src/core/model/tools';
import { usualPlaces } from '../../../src/core/pgtools/locate/usualPlaces';
import { describeNeeds } from '../../support/needs';

const all: ToolName[] = ['pg_dump', 'pg_restore', 'psql', 'pg_dumpall'];

describeNeeds('scripts as programs', 'findTools', () => {
  let root = '';
  beforeEach(async () => {
    root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'pgbk locate ')));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  /** Programs that print a version as the real ones do; returns their directory. */
  async function tools(dir: string, version: string, names = all): Promise<string> {
    const absolute = path.join(root, dir);
    await mkdir(absolute, { recursive: true });
    for (const name of names)
      await program(path.join(dir, name), `${name} (PostgreSQL) ${version}`);
    return absolute;
  }

  async function program(file: string, prints: string): Promise<void> {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), `#!/bin/sh\necho '${prints}'\n`);
    await chmod(path.join(root, file), 0o755);
  }

  function find(options: Partial<FindToolsOptions> & { PATH?: string }): Promise<ToolSearch> {
    const { PATH, ...rest } = options;
    return findTools({
      env: PATH === undefined ? {} : { PATH },
      platform: 'linux',
      homeDir: path.join(root, 'home'),
      excludeDirs: [],
      places: [],
      ...rest,
    });
  }

  function summary(search: ToolSearch): [dir: string, version: string, source: string][] {
    return search.installs.map((i) => [path.relative(root, i.dir), i.version.text, i.source]);
  }

  it('looks at the setting, then PATH, then the usual places', async () => {
    await tools('mine', '16.4');
    await tools('onPath', '15.2');
    await tools('lib/13/bin', '13.1');
    await tools('lib/17/bin', '17.1');
    const search = await find({
      toolsPath: path.join(root, 'mine'),
      PATH: `${path.join(root, 'onPath')}:/nonexistent`,
      places: [path.join(root, 'lib/*/bin')],
    });
    assert.deepEqual(summary(search), [
      ['mine', '16.4', 'setting'],
      ['onPath', '15.2', 'path'],
      ['lib/17/bin', '17.1', 'wellKnown'],
      ['lib/13/bin', '13.1', 'wellKnown'],
    ]);
    assert.deepEqual(
      search.installs[0]?.tools,
      Object.fromEntries(all.map((name) => [name, path.join(root, 'mine', name)])),
    );
    assert.deepEqual(search.rejected, []);
    assert.ok(search.searched.includes(path.join(root, 'lib/*/bin')));
  });

  it('takes the setting for a directory above or for a tool, too', async () => {
    await tools('pg/17/bin', '17.1');
    await tools('pg/15/bin', '15.1');
    for (const setting of ['pg', 'pg/17', 'pg/17/bin', 'pg/17/bin/pg_dump']) {
      const search = await find({ toolsPath: path.join(root, setting) });
      assert.deepEqual(summary(search)[0], ['pg/17/bin', '17.1', 'setting'], setting);
    }
  });

  it('finds every install once, under the name it was found by first', async () => {
    const real = await tools('Cellar/libpq/17.1/bin', '17.1');
    await mkdir(path.join(root, 'bin'));
    await symlink(path.join(real, 'psql'), path.join(root, 'bin/psql'));
    await symlink(path.join(root, 'Cellar/libpq/17.1'), path.join(root, 'opt'));
    const search = await find({
      PATH: path.join(root, 'bin'),
      places: [path.join(root, 'opt/bin'), real],
    });
    assert.deepEqual(summary(search), [['bin', '17.1', 'path']]);
    // psql alone was linked, and still the four belong together.
    assert.deepEqual(search.installs[0]?.tools, {
      psql: path.join(root, 'bin/psql'),
      pg_dump: path.join(root, 'opt/bin/pg_dump'),
      pg_restore: path.join(root, 'opt/bin/pg_restore'),
      pg_dumpall: path.join(root, 'opt/bin/pg_dumpall'),
    });
  });

  it('keeps versions in one directory apart', async () => {
    await tools('bin', '15.2', ['psql']);
    await tools('bin', '17.1', ['pg_dump', 'pg_restore']);
    const search = await find({ PATH: path.join(root, 'bin') });
    assert.deepEqual(
      search.installs.map((i) => [i.version.text, Object.keys(i.tools).sort()]),
      [
        ['17.1', ['pg_dump', 'pg_restore']],
        ['15.2', ['psql']],
      ],
    );
  });

  it("never takes Debian's wrapper for a tool", async () => {
    await program('share/pg_wrapper', 'pg_dump (PostgreSQL) 15.1');
    await mkdir(path.join(root, 'bin'));
    await symlink('../share/pg_wrapper', path.join(root, 'bin/pg_dump'));
    const search = await find({ PATH: path.join(root, 'bin') });
    assert.deepEqual(search.installs, []);
    assert.deepEqual(search.rejected, [
      { path: path.join(root, 'bin/pg_dump'), reason: 'wrapper' },
    ]);
  });

  it('runs nothing from the workspace, wherever a link comes from', async () => {
    const workspace = path.join(root, 'work space');
    const marker = path.join(root, 'it ran');
    await mkdir(path.join(workspace, 'bin'), { recursive: true });
    const evil = path.join(workspace, 'bin/pg_dump');
    await writeFile(evil, `#!/bin/sh\n: > '${marker}'\necho 'pg_dump (PostgreSQL) 17.1'\n`);
    await chmod(evil, 0o755);
    await mkdir(path.join(root, 'bin'));
    await symlink(evil, path.join(root, 'bin/pg_dump'));
    await symlink(workspace, path.join(root, 'link to it'));
    const ways: (Partial<FindToolsOptions> & { PATH?: string })[] = [
      { toolsPath: path.join(workspace, 'bin') },
      { PATH: path.join(root, 'bin') },
      { PATH: path.join(root, 'link to it/bin') },
      { places: [path.join(workspace, '*')] },
    ];
    for (const way of ways) {
      const search = await find({ ...way, excludeDirs: [path.join(root, 'link to it')] });
      assert.deepEqual(search.installs, [], JSON.stringify(way));
      assert.deepEqual(
        search.rejected.map((r) => r.reason),
        ['excluded'],
      );
    }
    await assert.rejects(realpath(marker));
  });

  it('ignores entries that depend on the working directory', async () => {
    await tools('bin', '17.1');
    const before = process.cwd();
    process.chdir(path.join(root, 'bin'));
    try {
      const search = await find({ PATH: '.::bin:~/bin', toolsPath: 'bin' });
      assert.deepEqual(search.installs, []);
      assert.deepEqual(
        search.rejected.map((r) => [r.path, r.reason]),
        ['bin', '.', '', 'bin', '~/bin'].map((p) => [p, 'relative']),
      );
    } finally {
      process.chdir(before);
    }
  });

  it('searches below the home directory even when an editor was started there', async () => {
    await tools('home/pg/bin', '17.1');
    await tools('home', '16.1');
    const search = await find({
      PATH: [path.join(root, 'home'), path.join(root, 'home/pg/bin')].join(':'),
      excludeDirs: [path.join(root, 'home'), '/'],
    });
    assert.deepEqual(summary(search), [['home/pg/bin', '17.1', 'path']]);
  });

  it('leaves out what is no tool', async () => {
    await program('a/pg_dump', 'mysqldump  Ver 8.0');
    await program('b/pg_dump', 'psql (PostgreSQL) 17.1');
    await mkdir(path.join(root, 'c/pg_dump'), { recursive: true });
    await mkdir(path.join(root, 'd'));
    await writeFile(path.join(root, 'd/pg_dump'), 'not executable');
    await mkdir(path.join(root, 'e'));
    await symlink('/nonexistent', path.join(root, 'e/pg_dump'));
    const PATH = ['a', 'b', 'c', 'd', 'e'].map((d) => path.join(root, d)).join(':');
    const search = await find({ PATH });
    assert.deepEqual(search.installs, []);
    assert.deepEqual(
      search.rejected,
      ['a', 'b', 'd'].map((d) => ({ path: path.join(root, d, 'pg_dump'), reason: 'notATool' })),
    );
  });
});

describe('usualPlaces', () => {
  it('knows where each system has them', () => {
    const linux = usualPlaces('linux', {}, '/home/me');
    for (const place of ['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin']) {
      assert.ok(linux.includes(place), place);
    }
    const mac = usualPlaces('darwin', {}, '/Users/me');
    for (const place of [
      '/opt/homebrew/opt/libpq/bin',
      '/usr/local/opt/postgresql@*/bin',
      '/Applications/Postgres.app/Contents/Versions/*/bin',
      '/Library/PostgreSQL/*/bin',
    ]) {
      assert.ok(mac.includes(place), place);
    }
    const scoop = { SCOOP: 'E:\\scoop', ProgramData: 'C:\\ProgramData', SystemDrive: 'C:' };
    const env = {
      ...{ ProgramFiles: 'D:\\Programme', 'ProgramFiles(x86)': 'relative', ...scoop },
      ...{ ProgramW6432: 'D:\\Programme 64', LOCALAPPDATA: 'C:\\Users\\me\\AppData\\Local' },
    };
    const windows = usualPlaces('win32', env, 'C:\\Users\\me');
    for (const place of [
      // EDB's installer, which Chocolatey and winget run, too.
      'D:\\Programme\\PostgreSQL\\*\\bin',
      'D:\\Programme 64\\PostgreSQL\\*\\bin',
      'C:\\Users\\me\\AppData\\Local\\Programs\\PostgreSQL\\*\\bin',
      'D:\\Programme\\pgAdmin 4\\runtime',
      'C:\\Users\\me\\AppData\\Local\\Programs\\pgAdmin 4\\runtime',
      'E:\\scoop\\apps\\postgresql*\\current\\bin',
      'C:\\Users\\me\\scoop\\apps\\postgresql*\\current\\bin',
    ]) {
      assert.ok(windows.includes(place), place);
    }
    assert.ok(windows.every((place) => /^[A-Z]:\\/.test(place)));
    // Every user of the machine can make folders there.
    assert.ok(!windows.some((place) => /^C:\\(?!Users\\me)/.test(place)));
  });
});
