/** What remedies hold when they reach a form or a caller. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { readToc } from '../../../src/core/archive/file/tocReader';
import { getBackupInfo } from '../../../src/core/archive/inspect/backupInfo';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import {
  fitsOneTransaction,
  withPossibleRemedies,
} from '../../../src/core/jobs/restore/ahead/possibleRemedies';
import type { BackupInfo } from '../../../src/core/model/archive';
import type { Finding, Preflight, Remedy } from '../../../src/core/model/findings/findings';
import { findingOf } from '../../../src/core/preflight/rule';
import { shortened } from '../../../src/core/preflight/shortened';
import { findingText } from '../../../src/core/text/findingText';
import { repoPaths } from '../../support/repoPaths';
import { judge } from './judge';

const MANY = 1500;
const names = Array.from({ length: MANY }, (_, n) => `role${n}`);

async function found(...remedies: Remedy[]): Promise<Preflight> {
  const { verdict } = await judge({});
  const finding = findingOf('extensionsMissing', {
    ...{ severity: 'stops', objects: ['postgis'], remedies },
  });
  return { verdict, findings: [finding] };
}

/** The only remedies of the only finding. */
const remediesOf = ({ findings: [finding] }: Preflight): Remedy[] => finding?.remedies ?? [];

describe('Remedies of findings', () => {
  const long: readonly Remedy[] = [
    { id: 'createRoles', kind: 'step', step: { do: 'createRoles', names } },
    {
      ...{ id: 'emptyTables', kind: 'step' },
      step: { do: 'emptyTables', tables: names.map((name) => ({ schema: 'app', name })) },
    },
    { id: 'mapRoles', kind: 'mapRoles', names },
    { id: 'leaveOut', kind: 'leaveOut', dumpIds: names.map((_, n) => n + 1) },
    {
      ...{ id: 'takeAlong', kind: 'set' },
      options: { tables: names.map((name) => ({ schema: 'app', name })) },
    },
    { id: 'copyReindex', kind: 'copy', text: `${'REINDEX;\n'.repeat(MANY * 20)}` },
  ];
  for (const remedy of long) {
    it(`are sent in short, and say so: ${remedy.id}`, async () => {
      const [short] = remediesOf(shortened(await found(remedy)));
      assert.equal(short?.short, true);
      assert.equal(short.id, remedy.id);
      const length = JSON.stringify(short).length;
      assert.ok(length < 120_000 && length < JSON.stringify(remedy).length, String(length));
    });
  }

  it('are sent as they are where they are short', async () => {
    const remedies: Remedy[] = [
      { id: 'createRoles', kind: 'step', step: { do: 'createRoles', names: ['a'] } },
      { id: 'clean', kind: 'set', options: { clean: true, toolOptions: { 'no-sync': true } } },
      { id: 'newDatabase', kind: 'newDatabase' },
    ];
    assert.deepEqual(remediesOf(shortened(await found(...remedies))), remedies);
  });

  it('leave something: what would leave nothing is not offered, and the finding says so', async () => {
    const inputPath = path.join(repoPaths.fixtures, 'archives/mini.17.dump');
    const toc = await readToc(inputPath);
    const listed = toc.listed().map((i) => toc.dumpId(i));
    const options = {
      ...restoreDefaults(),
      ...{ connectionId: 'shop', inputPath, subscriptions: true },
    };
    const rows: readonly (readonly [chosen: number[] | null, left: number[], offered: boolean])[] =
      [
        [null, listed.slice(0, 1), true],
        [null, listed, false],
        [listed.slice(0, 2), listed.slice(0, 2), false],
      ];
    for (const [dumpIds, left, offered] of rows) {
      const remedy: Remedy = { id: 'leaveOut', kind: 'leaveOut', dumpIds: left };
      const ahead = await found(remedy);
      const told = await withPossibleRemedies(ahead, { ...options, dumpIds }, inputPath);
      assert.deepEqual(remediesOf(told), offered ? [remedy] : []);
      const text = findingText(told.findings[0] as Finding);
      assert.equal(text.includes('Nothing would be left without it.'), !offered, text);
    }
  });

  it('propose one transaction where it stops no sooner than the restore does now', async () => {
    const inputPath = path.join(repoPaths.fixtures, 'archives/mini.17.dump');
    const read = await getBackupInfo(inputPath);
    const plain = { ...read, warnings: [], contents: { ...read.contents, hasBlobs: false } };
    const partitioned: BackupInfo = { ...plain, warnings: ['attachedIndexes'] };
    const cases: [title: string, info: BackupInfo, change: object, fits: boolean][] = [
      ['nothing is dropped', partitioned, {}, true],
      ['what is there is dropped', plain, { clean: true, ifExists: true }, true],
      ['what is missing cannot be dropped', plain, { clean: true, ifExists: false }, false],
      ['indexes of partitions', partitioned, { clean: true, ifExists: true }, false],
      ['it stops already', plain, { clean: true, ifExists: false, exitOnError: true }, true],
      ['much', { ...plain, sizeBytes: 1e9 }, {}, false],
    ];
    for (const [title, info, change, fits] of cases) {
      const goesOn = { ...restoreDefaults(), exitOnError: false };
      const options = { ...goesOn, connectionId: 'shop', inputPath, ...change };
      const context = { connection: null, server: null, info, tool: null };
      assert.equal(fitsOneTransaction(options, info, context), fits, title);
    }
  });
});
