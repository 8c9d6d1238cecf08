import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { openArchiveDocument } from '../../../../src/core/archive/document/archiveDocument';
import { getBackupInfo } from '../../../../src/core/archive/inspect/backupInfo';
import { openPacked } from '../../../../src/core/archive/packed/openPacked';
import { AppError } from '../../../../src/core/errors';
import { corpus, corpusDir, corpusFile } from '../../../support/files/corpus';
import type { CorpusEntry, Opens, Refused } from '../../../support/files/entry';
import { englishText, fakeVscode } from '../../../support/workbench/fakeVscode';
import { scratch } from '../files';

/** What every whole file of the corpus shows, by its entry type. */
const OBJECTS = { TABLE: 2, 'TABLE DATA': 2, VIEW: 1, FUNCTION: 1, TRIGGER: 1 };

describe('files as people have them', () => {
  const unpacked = scratch();
  let restoreVscode = (): void => undefined;
  let sentence: (error: unknown) => string = String;

  before(async () => {
    restoreVscode = fakeVscode({ l10n: { t: englishText } });
    const { errorMessage } = await import('../../../../src/vscode/text/errorText');
    sentence = errorMessage;
  });
  after(() => restoreVscode());

  /** Opens it as the editor does; what a form shows of it, too. */
  async function assertOpens(entry: CorpusEntry, verdict: Opens): Promise<void> {
    const { path: at, packed } = await openPacked(corpusFile(entry), {
      folder: () => mkdtempSync(path.join(unpacked.dir, 'x-')),
    });
    const { by = [], member = null } = verdict;
    assert.deepEqual(packed, by.length === 0 ? null : { by, member });
    const info = await getBackupInfo(at);
    assert.equal(info.format, verdict.opens);
    assert.ok(verdict.info?.(info) ?? info.complete !== false, JSON.stringify(info));
    const document = await openArchiveDocument(at);
    if (verdict.restore === undefined) assert.equal(document.damage, null);
    const counts = new Map<string, number>();
    for (let id = 0; id < document.count; id++) {
      const { desc } = document.entryAt(id);
      counts.set(desc, (counts.get(desc) ?? 0) + 1);
    }
    if (info.complete === false) return;
    for (const [desc, count] of Object.entries(OBJECTS)) {
      assert.equal(counts.get(desc), count, `${desc} of ${entry.file}`);
    }
  }

  async function assertRefused(entry: CorpusEntry, verdict: Refused): Promise<void> {
    const opening = openPacked(corpusFile(entry), {
      folder: () => mkdtempSync(path.join(unpacked.dir, 'x-')),
    }).then(({ path: at }) => openArchiveDocument(at));
    await assert.rejects(opening, (error) => {
      assert.ok(AppError.is(error), String(error));
      assert.equal(error.code, verdict.refused);
      for (const [key, value] of Object.entries(verdict.details ?? {})) {
        assert.deepEqual((error.details as Record<string, unknown>)[key], value, key);
      }
      assert.match(sentence(error), verdict.says);
      return true;
    });
  }

  for (const entry of corpus) {
    const { file, verdict } = entry;
    if ('opens' in verdict) it(`opens ${file}`, () => assertOpens(entry, verdict));
    else it(`refuses ${file} (${verdict.refused})`, () => assertRefused(entry, verdict));
  }

  it('are all in the table, and all are there', () => {
    const listed = new Set(corpus.map(({ file }) => file.split('/')[0]));
    assert.deepEqual(
      readdirSync(corpusDir).filter((name) => !listed.has(name)),
      [],
    );
    for (const entry of corpus) assert.ok(existsSync(corpusFile(entry)), entry.file);
  });
});
