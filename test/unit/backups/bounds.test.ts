/** How much is looked at of what anybody may have put beside a backup. */
import assert from 'node:assert/strict';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readGitHead } from '../../../src/core/backups/manifest/gitHead';
import { listBackups } from '../../../src/core/backups/list/listBackups';
import { MAX_PROBLEMS, VerifyProblems } from '../../../src/core/backups/manifest/problems';
import { scratch } from '../archive/files';

describe('bounds of what lies beside a backup', () => {
  const files = scratch();

  it('a directory of more names than are looked at is listed in part, and said to be', async () => {
    const dir = path.join(files.dir, 'many');
    mkdirSync(dir);
    // Manifests without their backups: somebody else's files of that name would not count.
    const manifest = JSON.stringify({
      ...{ manifestVersion: 1, format: 'custom', backup: null, files: [], verifications: [] },
      modified: new Date(0).toISOString(),
    });
    for (let i = 0; i < 30; i++) writeFileSync(path.join(dir, `${i}.backup.json`), manifest);
    const listed = async (maxNames?: number): Promise<[number, boolean]> => {
      const { orphans, incomplete } = await listBackups(dir, { maxNames });
      return [orphans.length, incomplete];
    };
    assert.deepEqual(await listed(), [30, false]);
    assert.deepEqual(await listed(30), [30, false]);
    assert.deepEqual(await listed(29), [29, true]);
  });

  it('a manifest of many megabytes whose backup is missing is told by its beginning', async () => {
    const dir = path.join(files.dir, 'large');
    mkdirSync(dir);
    const padding = ' '.repeat(2 << 20);
    writeFileSync(path.join(dir, 'a.backup.json'), `{ "manifestVersion": 1, ${padding}`);
    writeFileSync(path.join(dir, 'b.backup.json'), `{ ${padding}`);
    const { orphans } = await listBackups(dir);
    assert.deepEqual(
      orphans.map(({ name, database }) => [name, database]),
      [['a', '']],
    );
  });

  it('a verification names a hundred problems, each in brief, and counts them all', () => {
    const problems = new VerifyProblems();
    for (let i = 0; i < 5000; i++) problems.add('damaged', 't', 'x'.repeat(100_000));
    assert.equal(problems.count, 5000);
    assert.equal(problems.items.length, MAX_PROBLEMS);
    assert.ok(problems.items.every(({ detail }) => detail.length <= 1001));
  });

  it('files of a repository that are larger than git makes them are not read', async () => {
    const repository = path.join(files.dir, 'repository');
    const git = path.join(repository, '.git');
    mkdirSync(git, { recursive: true });
    const commit = '0123456789abcdef0123456789abcdef01234567';
    const head = path.join(git, 'HEAD');
    const packed = path.join(git, 'packed-refs');
    writeFileSync(head, 'ref: refs/heads/main\n');
    writeFileSync(packed, `${commit} refs/heads/main\n`);
    assert.deepEqual(await readGitHead(repository), { branch: 'main', commit });
    truncateSync(packed, (32 << 20) + 1);
    assert.deepEqual(await readGitHead(repository), { branch: 'main', commit: null });
    writeFileSync(head, `${commit}${'\n'.repeat(4096)}`);
    assert.equal(await readGitHead(repository), null);
  });
});
