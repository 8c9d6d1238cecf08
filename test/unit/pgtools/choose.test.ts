import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import {
  chooseForBackup,
  chooseForRestore,
  chooseForScript,
  readsArchive,
} from '../../../src/core/pgtools/choose/choose';
import { parseVersion } from '../../../src/core/pgtools/choose/parseVersion';
import type { ToolInstall, ToolName } from '../../../src/core/model/tools';
import { version } from './versions';

function install(text: string, dir = `/pg/${text}`, without: ToolName[] = []): ToolInstall {
  const names: ToolName[] = ['pg_dump', 'pg_restore', 'psql', 'pg_dumpall'];
  const tools = Object.fromEntries(
    names.filter((n) => !without.includes(n)).map((n) => [n, `${dir}/${n}`]),
  );
  return { dir, version: version(text), tools, source: 'wellKnown' };
}

const all = ['18.6', '12.22', '15.18', '17.5', '16.15', '17.11'].map((text) => install(text));

describe('parseVersion', () => {
  it('reads what tools print', () => {
    const cases: [string, string, number, number, string][] = [
      ['pg_dump (PostgreSQL) 17.6 (Debian 17.6-1.pgdg12+1)', 'pg_dump', 17, 6, '17.6'],
      ['psql (PostgreSQL) 18beta1', 'psql', 18, 0, '18beta1'],
      ['psql (PostgreSQL) 19devel', 'psql', 19, 0, '19devel'],
      ['pg_restore (PostgreSQL) 9.6.24', 'pg_restore', 9, 6, '9.6'],
      ['pg_dump (EnterpriseDB) 16.4.1', 'pg_dump', 16, 4, '16.4'],
      ['pg_dump.exe (PostgreSQL) 16.1', 'pg_dump', 16, 1, '16.1'],
    ];
    for (const [text, tool, major, minor, short] of cases) {
      assert.deepEqual(parseVersion(text), { tool, version: { major, minor, text: short } }, text);
    }
    for (const text of ['', 'pg_dump', 'mysqldump  Ver 8.0', 'bash (GNU) x']) {
      assert.equal(parseVersion(text), null, text);
    }
  });
});

describe('chooseForBackup', () => {
  it("prefers the server's own major, then the nearest newer", () => {
    const cases: [server: number, chosen: string, reason: string][] = [
      [15, '15.18', 'serverMajor'],
      [17, '17.11', 'serverMajor'],
      [14, '15.18', 'nearestNewer'],
      [13, '15.18', 'nearestNewer'],
      [18, '18.6', 'serverMajor'],
    ];
    for (const [major, chosen, reason] of cases) {
      const choice = chooseForBackup(all, { major, version: `${major}.1` });
      assert.deepEqual([choice.install.version.text, choice.reason], [chosen, reason]);
    }
  });

  it('prefers the release to a beta, the first found among equals', () => {
    const first = install('17.11', '/first');
    const chosen = chooseForBackup([install('17beta1'), first, install('17.11', '/second')], {
      major: 17,
      version: '17.1',
    });
    assert.equal(chosen.install, first);
  });

  it('takes only installs that have pg_dump', () => {
    const psqlOnly = install('17.11', '/client', ['pg_dump']);
    assert.equal(
      chooseForBackup([psqlOnly, install('18.6')], { major: 17, version: '17.1' }).install.version
        .text,
      '18.6',
    );
    assert.throws(
      () => chooseForBackup([psqlOnly], { major: 17, version: '17.1' }),
      (e) => AppError.is(e, 'toolMissing') && e.details.tool === 'pg_dump',
    );
    assert.throws(
      () => chooseForBackup([], { major: 17, version: '17.1' }),
      (e) => AppError.is(e, 'toolsNotFound'),
    );
  });

  it('names both versions when the server is newer', () => {
    assert.throws(
      () => chooseForBackup([install('15.18'), install('13.1')], { major: 17, version: '17.11' }),
      (e) =>
        AppError.is(e, 'serverNewerThanTools') &&
        e.details.server === '17.11' &&
        e.details.newest === '15.18',
    );
  });
});

describe('chooseForRestore', () => {
  it("prefers the target's own major where it reads the archive, then the newest", () => {
    const cases: [archive: string | null, target: number, chosen: string, reason: string][] = [
      ['1.14', 15, '15.18', 'targetMajor'],
      ['1.14', 13, '18.6', 'newest'],
      ['1.15', 15, '18.6', 'newest'],
      ['1.15', 16, '16.15', 'targetMajor'],
      ['1.16', 16, '18.6', 'newest'],
      ['1.16', 17, '17.11', 'targetMajor'],
      [null, 12, '12.22', 'targetMajor'],
    ];
    for (const [archive, target, chosen, reason] of cases) {
      const choice = chooseForRestore(all, archive, target);
      assert.deepEqual([choice.install.version.text, choice.reason], [chosen, reason]);
    }
  });

  it('says what is needed when none reads the archive', () => {
    const cases: [archive: string, needs: string][] = [
      ['1.15', '16'],
      ['1.16', '17'],
      ['1.99', '> 18'],
    ];
    for (const [archive, needs] of cases) {
      assert.throws(
        () => chooseForRestore([install('15.18')], archive, 15),
        (e) =>
          AppError.is(e, 'archiveNewerThanTools') &&
          e.details.archive === archive &&
          e.details.needs === needs &&
          e.details.newest === '15.18',
      );
    }
    assert.equal(readsArchive(18, '2.0'), false);
  });
});

describe('chooseForScript', () => {
  it("prefers the target's own major, then the newest", () => {
    assert.equal(chooseForScript(all, 15, null).install.version.text, '15.18');
    assert.equal(chooseForScript(all, 13, null).install.version.text, '18.6');
  });

  it('prefers a psql that knows \\restrict for every script, since it can be confined', () => {
    const installs = ['15.13', '16.10', '12.22'].map((text) => install(text));
    assert.equal(chooseForScript(installs, 15, { warnings: [] }).install.version.text, '16.10');
  });

  it('takes a psql that knows \\restrict when the script has it', () => {
    const script = { warnings: ['restrictKeys' as const] };
    const installs = ['15.13', '16.10', '12.22'].map((text) => install(text));
    assert.equal(chooseForScript(installs, 15, script).install.version.text, '16.10');
    assert.equal(chooseForScript([install('15.13')], 15, null).install.version.text, '15.13');
    assert.throws(
      () => chooseForScript([install('15.13')], 15, script),
      (e) =>
        AppError.is(e, 'archiveNewerThanTools') &&
        e.details.needs === '13.22, 14.19, 15.14, 16.10, 17.6, 18',
    );
  });
});
