import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readGitHead } from '../../../src/core/backups/manifest/gitHead';
import { scratch } from '../archive/files';
import { describeNeeds } from '../../support/needs';

describeNeeds('git', 'the commit of a workspace', () => {
  const files = scratch();
  const env = {
    PATH: process.env['PATH'],
    HOME: files.dir,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  };
  const repository = path.join(files.dir, 'repository');
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', repository, ...args], {
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();

  before(() => {
    mkdirSync(path.join(repository, 'deep', 'down'), { recursive: true });
    git('init', '--quiet', '--initial-branch=main');
  });

  it('is none before the first, and on its branch from anywhere below', async () => {
    assert.deepEqual(await readGitHead(repository), { branch: 'main', commit: null });
    git('commit', '--quiet', '--allow-empty', '--message=one');
    const expected = { branch: 'main', commit: git('rev-parse', 'HEAD') };
    assert.deepEqual(await readGitHead(repository), expected);
    assert.deepEqual(await readGitHead(path.join(repository, 'deep', 'down')), expected);
  });

  it('is found among packed refs, in branches with slashes, and detached', async () => {
    git('switch', '--quiet', '--create=feature/one/two');
    git('commit', '--quiet', '--allow-empty', '--message=two');
    const commit = git('rev-parse', 'HEAD');
    git('pack-refs', '--all');
    assert.deepEqual(await readGitHead(repository), { branch: 'feature/one/two', commit });
    git('checkout', '--quiet', '--detach');
    assert.deepEqual(await readGitHead(repository), { branch: null, commit });
  });

  it('is that of a worktree of its own', async () => {
    const worktree = path.join(files.dir, 'worktree');
    git('worktree', 'add', '--quiet', '-b', 'beside', worktree, 'main');
    const commit = git('rev-parse', 'main');
    assert.deepEqual(await readGitHead(worktree), { branch: 'beside', commit });
    git('pack-refs', '--all');
    assert.deepEqual(await readGitHead(worktree), { branch: 'beside', commit });
  });

  it('is null where no repository is, or one that makes no sense', async () => {
    const place = (name: string, head: string): string => {
      const dir = path.join(files.dir, name);
      mkdirSync(path.join(dir, '.git'), { recursive: true });
      writeFileSync(path.join(dir, '.git', 'HEAD'), head);
      return dir;
    };
    assert.equal(await readGitHead(path.join(files.dir, 'nowhere')), null);
    for (const [name, head] of [
      ['empty', ''],
      ['text', 'hello\n'],
      ['outside', 'ref: refs/heads/../../../HEAD\n'],
      ['reftable', 'ref: refs/heads/.invalid\n'],
      ['huge', `ref: refs/heads/${'x'.repeat(10_000)}\n`],
    ] as const) {
      assert.equal(await readGitHead(place(name, head)), null, name);
    }
    const linked = path.join(files.dir, 'linked');
    mkdirSync(linked);
    for (const link of ['gitdir: //server/share', 'gitdir: nowhere', 'nonsense']) {
      writeFileSync(path.join(linked, '.git'), `${link}\n`);
      assert.equal(await readGitHead(linked), null, link);
    }
  });
});
