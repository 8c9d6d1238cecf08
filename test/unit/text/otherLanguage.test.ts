import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { evaluateBackup } from '../../../src/core/forms/backup/backupForm';
import type { FormEvaluation } from '../../../src/core/forms/form/formTypes';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { evaluateRestore } from '../../../src/core/forms/restore/restoreForm';
import { backupFields } from '../../../src/core/model/backupFields';
import type { FieldTable } from '../../../src/core/model/optionFields';
import { restoreFields } from '../../../src/core/model/restoreFields';
import type { VerifyProblemKind } from '../../../src/core/model/backups';
import { problemText } from '../../../src/core/text/files/problemText';
import { readingText } from '../../../src/core/text/files/readingText';
import { bundleFile } from '../../support/documents/l10nBundle';
import { repoPaths } from '../../support/repoPaths';
import { seededRandom } from '../../support/seededRandom';
import {
  archive,
  backupContext,
  ref,
  restoreContext,
  script,
  server,
  tool,
} from '../forms/sampleCatalog';

/** A language whose letters are all Greek: what stays Latin was not translated. */
const GREEK = 'αβγδεζηθικλμνξοπρστυφχψωαβ';
const inGreek = (text: string): string =>
  text.replace(/\{\d+\}|[A-Za-z]/g, (part) =>
    part.length > 1 ? part : (GREEK[part.toLowerCase().charCodeAt(0) - 97] ?? part),
  );

/** Names in the sample data, of tools, of options and their values: the same in every language. */
const NAMES =
  /--?[a-z][\w-]*(?:=\w*)?|\b(?:utf8|custom|directory|plain|tar|gzip|lz4|zstd|totals|alice|app|archived|audit|dev|nosuch|odd|orders|other|pg_cron|pg_dump|pg_dumpall|pg_restore|pg_trgm|postgres|psql|public|customers|shop(?=_)|shop|x|dump|sql|backups)(?:\b|(?=_))|[\w.]*\/[\w./-]*/gi;

/** Words of a text that nobody translated. */
function leftIn(text: string): string[] {
  return text.replace(NAMES, ' ').match(/[A-Za-z]{3,}/g) ?? [];
}

function said({ problems, fields, summary }: FormEvaluation<string>): string[] {
  const reasons = Object.values(fields).map((state) => state?.reason ?? '');
  return [...problems.map(({ message }) => message), ...reasons, ...summary];
}

/** Values that a field may have, sensible or not. */
function valuesFor({ kind }: FieldTable[string], usual: unknown): unknown[] {
  const none = usual === null || ('nullable' in kind && kind.nullable) ? [null] : [];
  switch (kind.type) {
    case 'flag':
      return [true, false];
    case 'integer':
      return [...none, 0, -1, 1, 9, 100_000, 1.5];
    case 'choice':
      return [...none, ...kind.values];
    case 'text':
      return [...none, '', 'x', '/x', '/x/', 'UTF8', 'NOSUCH'];
    case 'names':
      return [...none, [], ['app'], ['nosuch']];
    case 'relations':
      return [...none, [], [ref('app.orders')], [ref('app.nosuch'), ref('app.orders')]];
    case 'databases':
      return [...none, [], [{ name: 'shop', target: 'shop' }], [{ name: 'x', target: '' }]];
    case 'roles':
      return [...none, [], [{ name: 'x', target: 'app' }], [{ name: 'x', target: '' }]];
    case 'entries':
      return [...none, [], [1], [99_999]];
    case 'arguments':
      return [[], ['--clean'], ['-Z', '9'], ['x'], ['--nosuch'], ['-l']];
    case 'toolOptions':
      return [{}, { compress: 'zstd:99' }, { clean: true }, { 'rows-per-insert': 0 }];
  }
}

describe('In another language', () => {
  let keys: string[];
  before(() => {
    keys = Object.keys(JSON.parse(readFileSync(bundleFile, 'utf8')) as object);
    l10n.config({ contents: Object.fromEntries(keys.map((key) => [key, inGreek(key)])) });
  });
  after(() => l10n.config({ contents: {} }));

  /** Draws options and contexts, and returns what is said of them. */
  function draw<T extends object>(
    table: FieldTable,
    usual: T,
    evaluate: (options: T, pick: <V>(from: readonly V[]) => V) => FormEvaluation<string>,
  ): Set<string> {
    const random = seededRandom(20_261_126);
    const pick = <V>(from: readonly V[]): V => from[Math.floor(random() * from.length)] as V;
    const texts = new Set<string>();
    for (let round = 0; round < 500; round++) {
      const options = { ...usual };
      for (let changes = 0; changes < 6; changes++) {
        const [name, field] = pick(Object.entries(table));
        Object.assign(options, { [name]: pick(valuesFor(field, Reflect.get(usual, name))) });
      }
      for (const text of said(evaluate(options, pick))) texts.add(text);
    }
    texts.delete('');
    return texts;
  }

  function assertTranslated(texts: ReadonlySet<string>, atLeast: number): void {
    const kinds = new Set([...texts].map((text) => text.replace(/[A-Za-z0-9]+/g, '')));
    assert.ok(kinds.size >= atLeast, `only ${kinds.size} kinds of sentences were said`);
    const left = [...new Set([...texts].flatMap(leftIn))];
    assert.deepEqual(left, []);
  }

  it('says the form of a backup whatever it says', () => {
    const usual = { ...backupDefaults('custom'), connectionId: 'dev', outputPath: '/x' };
    const texts = draw(backupFields, usual, (options, pick) =>
      evaluateBackup(options, {
        ...backupContext(),
        server: pick([server(), server({ major: 12, versionNumber: 120_000 }), null]),
        tool: pick([tool('18.0'), tool('13.4'), null]),
      }),
    );
    assertTranslated(texts, 60);
  });

  it('says the form of a restore whatever it says', () => {
    const usual = { ...restoreDefaults(), connectionId: 'dev', inputPath: '/x' };
    const texts = draw(restoreFields, usual, (options, pick) =>
      evaluateRestore(options, {
        ...restoreContext(),
        info: pick([
          archive(),
          archive({ format: 'tar' }),
          script(),
          script({ cluster: true, connects: ['shop'] }),
          null,
        ]),
        server: pick([server(), server({ major: 12, versionNumber: 120_000 }), null]),
        tool: pick([tool('18.0'), tool('13.4'), null]),
        madeHere: pick([true, false]),
      }),
    );
    assertTranslated(texts, 60);
  });

  it('names every part of a file that a reader calls damaged', () => {
    const readings = new Set(['tag of entry 3', 'tar member toc.dat', 'data of entry 7']);
    const dir = path.join(repoPaths.root, 'src/core/archive');
    const calls =
      /(?:\breading(?: =|:)|\.error\(|DecodeError\([^,]*,|\bstop\([^,]*,|\bwhat\(|skipText\(|\bword\(|damagedZip\([^)]*,) ?(?:'([a-z][^']*|COPY[^']*)'|`([^`]+)`)/g;
    for (const file of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      for (const [, text, template] of readFileSync(path.join(dir, file), 'utf8').matchAll(calls)) {
        readings.add(
          text ?? (template ?? '').replace('${this.name}', 'zstd').replace(/\$\{.*?\}/g, '7'),
        );
      }
    }
    assert.ok(readings.size > 35, [...readings].join(', '));
    const methods = /\b(?:lz4|zstd|gzip|xz|bzip2|base64|toc\.dat)\b/g;
    const untranslated = [...readings].filter((reading) =>
      /[A-Za-z]{2,}/.test(readingText(reading).replace(methods, '')),
    );
    assert.deepEqual(untranslated, []);
  });

  it('says what is wrong with a backup, of whatever kind', () => {
    const kinds: Record<VerifyProblemKind, RegExp> = {
      missing: /: 1\.dat$/,
      truncated: /: 1\.dat$/,
      damaged: /: 1\.dat: [^a-z]+$/i,
      noEnd: /: 1\.dat$/,
      badRow: /: 1\.dat \(/,
      sizeChanged: /: 1\.dat \(/,
      checksumMismatch: /: 1\.dat$/,
      extraFile: /: 1\.dat$/,
      toolFailed: /: header$/,
      toolStalled: /: 1\.dat$/,
      toolReadLess: /: header /,
      restoreError: /^1\.dat: header$/,
      rowsDiffer: /: 1\.dat \(/,
      tableMissing: /: 1\.dat$/,
      rowsUncounted: /: 1\.dat$/,
    };
    for (const [kind, ending] of Object.entries(kinds) as [VerifyProblemKind, RegExp][]) {
      const problem = { kind, object: '1.dat', detail: 'header', offset: null };
      assert.match(problemText(problem), ending);
      const whole = problemText({ ...problem, object: null });
      assert.doesNotMatch(whole, /null|undefined/);
      if (!kind.startsWith('tool') && kind !== 'restoreError') {
        assert.doesNotMatch(whole.replace(/\(.*\)/, ''), /[a-z]{3,}/i, kind);
      }
    }
  });
});
