import assert from 'node:assert/strict';
import { formConnection } from '../../../src/core/forms/form/formConnection';
import { evaluateBackup } from '../../../src/core/forms/backup/backupForm';
import { evaluateRestore } from '../../../src/core/forms/restore/restoreForm';
import type { FieldProblem, FormEvaluation } from '../../../src/core/forms/form/formTypes';
import type { Finding, FindingCode } from '../../../src/core/model/findings/findings';
import type { JobNote } from '../../../src/core/model/jobNotes';
import { findingText } from '../../../src/core/text/findingText';
import { stepQuestion } from '../../../src/core/text/findings/remedyText';
import { jobNoteText } from '../../../src/core/text/jobNoteText';
import { listNames, listTables, tableName } from '../../../src/core/text/names';
import { reachLines } from '../../../src/core/text/reachText';
import {
  backup,
  backupContext,
  restore,
  restoreContext,
  script,
  tool,
} from '../forms/sampleCatalog';

/** A name that turns what follows it round, breaks the line, and holds what nobody sees. */
const name = 'pohs\u202e\n\u200b\u0007';
const table = { schema: name, name };
/** None of it may reach a reader; a sentence may have lines of its own. */
const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069]/;

function said({ problems, fields, summary }: FormEvaluation<string>): string[] {
  const reasons = Object.values(fields).map((state) => state?.reason ?? '');
  return [...problems.map(({ message }: FieldProblem<string>) => message), ...reasons, ...summary];
}

const codes: FindingCode[] = [
  'connectionReadOnly',
  'production',
  'noRightToCreate',
  'notOwner',
  'sessions',
  'newerServer',
  'drops',
  'exists',
  'rowsDoubled',
  'stays',
  'ownersMissing',
  'options',
];
const details = { user: name, why: name, from: name, to: name, rows: 3 };

/** Whatever makes sentences of names. */
const makers: Record<string, () => string[]> = {
  'lists of names': () => [listNames([name]), listTables([table]), tableName(table)],
  'a connection in a form': () => [formConnection({ id: 'a', name }).label],
  'a form of a backup': () => {
    const options = backup({
      schemas: [name],
      excludeTables: [table],
      toolOptions: { [name]: name },
    });
    return [
      ...said(evaluateBackup(options, backupContext())),
      ...said(evaluateBackup(backup({ tables: [table] }), backupContext())),
      ...said(evaluateBackup(backup({ outputPath: `/b/${name}/` }), backupContext())),
    ];
  },
  'a form of a restore': () => {
    const info = script({ connects: [name], database: name });
    return [
      ...said(evaluateRestore(restore({ schemas: [name], tables: [table] }), restoreContext())),
      ...said(evaluateRestore(restore({ targetDatabase: name }), restoreContext({ info }))),
      ...said(
        evaluateRestore(restore({ targetDatabase: name }), restoreContext({ tool: tool('12.1') })),
      ),
    ];
  },
  'findings before a restore': () =>
    codes.map((code) =>
      findingText({
        ...{ code, severity: 'note', objects: [name, name], count: 2, details, remedies: [] },
      } satisfies Finding),
    ),
  'questions before a step': () => [
    stepQuestion({ do: 'createRoles', names: [name] }, 'here').detail,
    stepQuestion({ do: 'emptyTables', tables: [table] }, 'here').detail,
  ],
  'notes of a job': () =>
    (
      [
        { code: 'sequencesBehind', names: [name] },
        { code: 'rewritten', names: [name] },
        { code: 'outputIsLink', link: name, target: name },
        { code: 'databaseLeft', database: name, connection: name },
        { code: 'unpacked', file: name, by: ['gzip'], member: name },
      ] satisfies JobNote[]
    ).map(jobNoteText),
  'what a file does beyond its database': () =>
    reachLines([{ kind: 'files', statement: name, count: 2, line: null, object: name }]),
};

describe('Names of somebody else in sentences', () => {
  for (const [where, make] of Object.entries(makers)) {
    it(`show what cannot be seen of them: ${where}`, () => {
      const texts = make().filter((text) => text !== '');
      assert.ok(
        texts.some((text) => text.includes('pohs')),
        texts.join('\n'),
      );
      for (const text of texts) assert.doesNotMatch(text, UNSEEN);
    });
  }
});
