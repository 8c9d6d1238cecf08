import assert from 'node:assert/strict';
import { AppError, type OptionProblem } from '../../../src/core/errors';
import { fieldName } from '../../../src/core/forms/fields/fieldText';
import { backupFields } from '../../../src/core/model/backupFields';
import { restoreFields } from '../../../src/core/model/restoreFields';
import { buildRestoreArgs } from '../../../src/core/pgtools/args/restoreArgs';
import { dumpOptions } from '../../../src/core/pgtools/catalogue/dump';
import { renderOptions } from '../../../src/core/pgtools/args/renderOptions';
import { toolOptionValues } from '../../../src/core/pgtools/args/toolOptionValues';
import { OutputTarget } from '../../../src/core/jobs/backup/outputTarget';
import { optionProblemText } from '../../../src/vscode/text/optionText';
import { restore } from '../forms/sampleCatalog';
import { version } from '../pgtools/versions';

/** Names of fields that are no words. */
const KEYS = [...Object.keys(backupFields), ...Object.keys(restoreFields)].filter((name) =>
  /[A-Z]/.test(name),
);

/** What a refused option says, as the window words it. */
async function said(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (!AppError.is(error, 'optionInvalid')) throw error;
    const { field, problem } = error.details;
    return `${fieldName(field)}: ${optionProblemText(problem)}`;
  }
  throw new Error('was not refused');
}

function restoreWith(change: Parameters<typeof restore>[0]): () => unknown {
  const options = restore(change);
  return () =>
    buildRestoreArgs(
      { options, listFile: null, archive: '/a', connectionArgs: [] },
      version('17.2'),
    );
}

describe('An option that is refused', () => {
  const cases: [what: string, act: () => unknown, text: RegExp][] = [
    [
      'a relative path',
      () => OutputTarget.prepare('x.dump', 'custom', false, '0123456789ab'),
      /^Save to: The path must be absolute/,
    ],
    [
      'two that exclude each other',
      restoreWith({ schemaOnly: true, dataOnly: true }),
      /^Content: Data only: Not together with "Content: Schema only"\.$/,
    ],
    ['one without the other', restoreWith({ ifExists: true }), /^If exists: Only .* "Clean"\.$/],
    [
      'jobs in a transaction',
      restoreWith({ jobs: 2, singleTransaction: true }),
      /^Parallel jobs: Not together with "Single transaction"\.$/,
    ],
    [
      'an option of no tool',
      () => toolOptionValues(dumpOptions, { nothing: true }),
      /^--nothing: pg_dump has no such option/,
    ],
    [
      'an option of a newer version',
      () => renderOptions(dumpOptions, version('13.1'), new Map([['extension', ['x']]])),
      /^Extensions: --extension needs pg_dump 14 or newer; this is 13\.1\.$/,
    ],
    [
      'a method of a newer version',
      () => renderOptions(dumpOptions, version('15.1'), new Map([['compress', 'zstd:3']])),
      /^--compress: Compression methods need pg_dump 16 or newer; this is 15\.1\.$/,
    ],
  ];
  for (const [what, act, text] of cases) {
    it(`is said by the words of the form: ${what}`, async () => {
      const words = await said(act);
      assert.match(words, text);
      for (const key of KEYS) assert.ok(!words.includes(key), `${key} in ${words}`);
    });
  }

  it('passes on what the form model says', () => {
    const problem: OptionProblem = 'Choose a connection.';
    assert.equal(optionProblemText(problem), problem);
  });
});
