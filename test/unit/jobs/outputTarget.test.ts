import assert from 'node:assert/strict';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError, type ErrorCode } from '../../../src/core/errors';
import { membersPath } from '../../../src/core/model/options';
import {
  canonicalPath,
  inspectOutput,
  OutputTarget,
} from '../../../src/core/jobs/backup/outputTarget';
import { isLeftoverOutput } from '../../../src/core/archive/file/unfinished';
import { fixture } from '../archive/files';
import { itNeeds } from '../../support/needs';

const runId = '0123456789ab';

describe('OutputTarget', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await realpath(await mkdtemp(path.join(tmpdir(), 'pg-backup-output-')));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const at = (name: string): string => path.join(dir, name);
  const isCode = (code: ErrorCode) => (e: unknown) => AppError.is(e, code);

  /** What a directory backup looks like. */
  async function archive(where: string, mark: string): Promise<void> {
    await mkdir(where);
    await writeFile(path.join(where, 'toc.dat'), mark);
    await writeFile(path.join(where, '3755.dat.gz'), mark);
  }

  it('shows the file only after commit, under its own name', async () => {
    const target = await OutputTarget.prepare(at('x.dump'), 'custom', false, runId);
    const [partial, ...others] = await readdir(dir);
    assert.equal(others.length, 0);
    assert.ok(partial !== undefined && isLeftoverOutput(partial), partial);
    await writeFile(target.partialPath, 'whole');
    await target.commit(true);
    assert.deepEqual(await readdir(dir), ['x.dump']);
    assert.equal(await readFile(at('x.dump'), 'utf8'), 'whole');
  });

  it('leaves nothing after discard', async () => {
    const file = await OutputTarget.prepare(at('x.dump'), 'plain', false, runId);
    await file.discard();
    const joined = await OutputTarget.prepare(at('z.dump'), 'custom', false, runId);
    const members = membersPath(joined.partialPath);
    assert.ok(isLeftoverOutput(path.basename(members)));
    await archive(members, 'half');
    await joined.discard();
    const archiveTarget = await OutputTarget.prepare(at('y'), 'directory', false, runId);
    await archive(archiveTarget.partialPath, 'half');
    await archiveTarget.discard();
    await archiveTarget.discard();
    assert.deepEqual(await readdir(dir), []);
  });

  itNeeds(
    'modes of files',
    'takes names as long as the file system does, odd ones too',
    async () => {
      for (const name of [`${'ü'.repeat(125)}.dump`, '-a \'b\' "c" ✓.dump', '.hidden', '$(x)`y`']) {
        const target = await OutputTarget.prepare(at(name), 'custom', false, runId);
        assert.ok(isLeftoverOutput(path.basename(target.partialPath)));
        await target.commit(false);
        assert.ok((await lstat(at(name))).isFile());
      }
    },
  );

  itNeeds('links', 'refuses what exists unless replacing it was agreed to', async () => {
    await writeFile(at('file'), 'old');
    await archive(at('archive'), 'old');
    await symlink(at('nowhere'), at('link'));
    for (const name of ['file', 'archive', 'link']) {
      for (const format of ['custom', 'directory'] as const) {
        await assert.rejects(
          OutputTarget.prepare(at(name), format, false, runId),
          isCode('outputExists'),
        );
      }
    }
    assert.deepEqual((await readdir(dir)).sort(), ['archive', 'file', 'link']);
  });

  for (const format of ['custom', 'directory'] as const) {
    for (const old of ['file', 'archive'] as const) {
      it(`replaces a ${old} by a ${format} backup, at the end and not before`, async () => {
        if (old === 'file') await writeFile(at('x'), 'old');
        else await archive(at('x'), 'old');
        const readOld = async () =>
          readFile(old === 'file' ? at('x') : path.join(at('x'), 'toc.dat'), 'utf8');
        const target = await OutputTarget.prepare(at('x'), format, true, runId);
        assert.equal(await readOld(), 'old');
        if (format === 'custom') await writeFile(target.partialPath, 'new');
        else await archive(target.partialPath, 'new');
        assert.equal(await readOld(), 'old');
        await target.commit(true);
        assert.deepEqual(await readdir(dir), ['x']);
        const made = format === 'custom' ? at('x') : path.join(at('x'), 'toc.dat');
        assert.equal(await readFile(made, 'utf8'), 'new');
      });
    }
  }

  it('puts the old directory back when the new one cannot take its place', async () => {
    await archive(at('x'), 'old');
    const target = await OutputTarget.prepare(at('x'), 'directory', true, runId);
    // Nothing was written, so there is nothing to move into place.
    await assert.rejects(target.commit(true), isCode('outputNotWritable'));
    assert.equal(await readFile(path.join(at('x'), 'toc.dat'), 'utf8'), 'old');
    assert.deepEqual(await readdir(dir), ['x']);
  });

  const throughLinks: [string, (to: string) => Promise<void>][] = [
    ['a backup', (to) => writeFile(to, readFileSync(fixture('mini.17.dump')))],
    ['a script of pg_dump', (to) => writeFile(to, readFileSync(fixture('mini.17.sql')))],
    ['an empty file', (to) => writeFile(to, '')],
    ['nothing yet', () => Promise.resolve()],
    ['another link', (to) => symlink('../elsewhere/other.dump', to)],
  ];
  for (const [what, make] of throughLinks) {
    itNeeds(
      'links',
      `goes through a link to ${what}, whole at once, and leaves the link`,
      async () => {
        await mkdir(at('elsewhere'));
        await mkdir(at('backups'));
        await make(at('elsewhere/real.dump'));
        await symlink('../elsewhere/real.dump', at('backups/latest.dump'));
        const link = at('backups/latest.dump');
        const found = await inspectOutput(link, 'custom');
        const place = at(what === 'another link' ? 'elsewhere/other.dump' : 'elsewhere/real.dump');
        assert.deepEqual(found, { state: 'replaceable', path: place, isLink: true });
        await assert.rejects(
          OutputTarget.prepare(link, 'custom', false, runId),
          isCode('outputExists'),
        );
        const target = await OutputTarget.prepare(link, 'custom', true, runId);
        assert.equal(path.dirname(target.partialPath), at('elsewhere'));
        await writeFile(target.partialPath, 'new');
        await target.commit(true);
        assert.ok((await lstat(link)).isSymbolicLink());
        assert.equal(await readFile(link, 'utf8'), 'new');
        assert.ok((await lstat(place)).isFile());
        assert.deepEqual(await readdir(at('backups')), ['latest.dump']);
      },
    );
  }

  itNeeds('links', 'goes through a link to a directory archive', async () => {
    await archive(at('real'), 'old');
    await writeFile(path.join(at('real'), 'toc.dat'), readFileSync(fixture('mini.17.dir/toc.dat')));
    await symlink('real', at('link'));
    const target = await OutputTarget.prepare(at('link'), 'directory', true, runId);
    await archive(target.partialPath, 'new');
    await target.commit(true);
    assert.ok((await lstat(at('link'))).isSymbolicLink());
    assert.equal(await readFile(path.join(at('real'), 'toc.dat'), 'utf8'), 'new');
    assert.deepEqual((await readdir(dir)).sort(), ['link', 'real']);
  });

  const otherTargets: [string, (to: string) => Promise<unknown>][] = [
    ['settings', (to) => writeFile(to, 'set -o vi\nexport PATH=/bin\n')],
    ['a script of one’s own', (to) => writeFile(to, 'CREATE TABLE t (id int);\n')],
    ['a directory with other things', (to) => mkdir(path.join(to, 'deep'), { recursive: true })],
    ['a device', (to) => symlink('/dev/null', to)],
  ];
  for (const [what, make] of otherTargets) {
    itNeeds('links', `never replaces ${what} behind a link`, async () => {
      await make(at('precious'));
      await symlink('precious', at('innocent.dump'));
      await assert.rejects(
        OutputTarget.prepare(at('innocent.dump'), 'custom', true, runId),
        isCode('outputNotReplaceable'),
      );
      assert.deepEqual((await readdir(dir)).sort(), ['innocent.dump', 'precious']);
    });
  }

  itNeeds('links', 'says of links in a circle that they cannot be written to', async () => {
    await symlink('b', at('a'));
    await symlink('a', at('b'));
    await assert.rejects(
      OutputTarget.prepare(at('a'), 'custom', true, runId),
      isCode('outputNotWritable'),
    );
  });

  itNeeds('modes of files', 'keeps the rights of the file it replaces', async () => {
    await writeFile(at('x'), 'old');
    await chmod(at('x'), 0o600);
    const target = await OutputTarget.prepare(at('x'), 'custom', true, runId);
    await target.commit(true);
    assert.equal((await stat(at('x'))).mode & 0o777, 0o600);
  });

  it('does not replace what appeared while it was written', async () => {
    const file = await OutputTarget.prepare(at('x'), 'custom', false, runId);
    const archived = await OutputTarget.prepare(at('y'), 'directory', false, runId);
    await archive(archived.partialPath, 'new');
    await writeFile(at('x'), 'theirs');
    await archive(at('y'), 'theirs');
    await assert.rejects(file.commit(true), isCode('outputExists'));
    await assert.rejects(archived.commit(true), isCode('outputExists'));
    await file.discard();
    await archived.discard();
    assert.deepEqual((await readdir(dir)).sort(), ['x', 'y']);
    assert.equal(await readFile(at('x'), 'utf8'), 'theirs');
  });

  it('does not replace a directory that came to hold other things meanwhile', async () => {
    for (const format of ['custom', 'directory'] as const) {
      await archive(at('x'), 'old');
      const target = await OutputTarget.prepare(at('x'), format, true, runId);
      if (format === 'directory') await archive(target.partialPath, 'new');
      await writeFile(path.join(at('x'), 'thesis.odt'), 'years');
      await assert.rejects(target.commit(true), (e) => AppError.is(e));
      await target.discard();
      assert.equal(await readFile(path.join(at('x'), 'thesis.odt'), 'utf8'), 'years');
      await rm(at('x'), { recursive: true });
    }
  });

  it('never replaces a directory with other things in it, nor a device', async () => {
    await mkdir(at('home'));
    await writeFile(path.join(at('home'), 'toc.dat'), '');
    await writeFile(path.join(at('home'), 'thesis.odt'), 'years');
    for (const format of ['custom', 'directory'] as const) {
      for (const where of [at('home'), '/dev/null', '/']) {
        await assert.rejects(
          OutputTarget.prepare(where, format, true, runId),
          isCode('outputNotReplaceable'),
        );
      }
    }
    assert.deepEqual(await readdir(dir), ['home']);
  });

  it('fills an empty directory with a directory backup only', async () => {
    await mkdir(at('x'));
    assert.equal((await inspectOutput(at('x'), 'directory')).state, 'free');
    assert.equal((await inspectOutput(at('x'), 'custom')).state, 'notReplaceable');
    const target = await OutputTarget.prepare(at('x'), 'directory', false, runId);
    await archive(target.partialPath, 'new');
    await target.commit(true);
    assert.deepEqual((await readdir(at('x'))).sort(), ['3755.dat.gz', 'toc.dat']);
  });

  it('says that the directory is missing, or is none', async () => {
    await writeFile(at('file'), '');
    for (const where of [at('none/x.dump'), at('file/x.dump')]) {
      await assert.rejects(
        OutputTarget.prepare(where, 'custom', false, runId),
        isCode('outputDirectoryMissing'),
      );
    }
  });

  it('says that the directory cannot be written to', async () => {
    // Even root cannot create files there.
    const where = process.platform === 'linux' ? '/proc/x.dump' : '/dev/fd/x.dump';
    await assert.rejects(
      OutputTarget.prepare(where, 'custom', false, runId),
      isCode('outputNotWritable'),
    );
  });

  it('refuses a relative path', async () => {
    await assert.rejects(
      OutputTarget.prepare('x.dump', 'custom', false, runId),
      isCode('optionInvalid'),
    );
  });

  itNeeds('links', 'has one name for one place', async () => {
    await mkdir(at('real'));
    await symlink(at('real'), at('alias'));
    const direct = await canonicalPath(at('real/x.dump'));
    assert.equal(await canonicalPath(at('alias/x.dump')), direct);
    assert.equal(await canonicalPath(at('alias/../real/./x.dump')), direct);
    assert.equal(await canonicalPath(`${at('real/x.dump')}/`), direct);
    await symlink('real/x.dump', at('latest'));
    assert.equal(await canonicalPath(at('latest')), direct);
  });
});
