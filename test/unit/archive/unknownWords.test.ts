import assert from 'node:assert/strict';
import { encodingLabel } from '../../../src/core/archive/bytes/encoding';
import { getBackupInfo } from '../../../src/core/archive/inspect/backupInfo';
import { variableMeaning } from '../../../src/core/connections/paste/assignments';
import { readPasted } from '../../../src/core/connections/paste/readPasted';
import { parseUrl } from '../../../src/core/connections/url/parseUrl';
import { guardsOf } from '../../../src/core/connections/url/redirects';
import { scratch } from './files';

/** A word that nothing knows. */
const ORDINARY = 'frobnicate';
/** What every object of JavaScript answers to. */
const words = ['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty'];

/** Statements with the word wherever a table may be asked for it. */
function statementsOf(word: string): string[] {
  return [
    `${word} x;`,
    ...['CREATE', 'ALTER', 'DROP', 'COMMENT ON'].map((verb) => `${verb} ${word} x;`),
    `GRANT ALL ON ${word} x TO y;`,
    `SET ${word} = 1;`,
    `SELECT ${word}(1);`,
    `CREATE TABLE ${word} (${word} ${word});`,
    `CREATE FUNCTION ${word}() RETURNS ${word} LANGUAGE ${word} AS $$ create ${word} x; $$;`,
    `CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (${word} 'x');`,
    `--\n-- Name: ${word}; Type: ${word}; Schema: public; Owner: ${word}\n--\nCREATE ${word} y;`,
    `\\${word} x`,
    `COPY ${word} (${word}) FROM stdin;\n1\n\\.`,
  ];
}

describe('a word that no table knows', () => {
  const files = scratch();

  const looks: readonly (readonly [what: string, look: (word: string) => unknown])[] = [
    ['a parameter of a URL', (word) => parseUrl(`postgresql://h/d?${word}=x`)],
    [
      'a setting that guards',
      (word) => {
        const parsed = parseUrl('postgresql://h/d');
        assert.ok('url' in parsed);
        return guardsOf({ ...parsed.url, parameters: { [word]: 'x' } });
      },
    ],
    ['a pasted parameter', (word) => readPasted(`host=h ${word}=x`)],
    ['a variable', (word) => variableMeaning(word) ?? null],
    ['an encoding', (word) => encodingLabel(word)],
  ];
  for (const word of words) {
    for (const [what, look] of looks) {
      it(`is the same whatever it is: ${word} as ${what}`, () => {
        const told = JSON.stringify(look(word)).replaceAll(word, ORDINARY);
        assert.equal(told, JSON.stringify(look(ORDINARY)));
      });
    }

    it(`is the same whatever it is: ${word} in a script`, async () => {
      const told = async (script: string): Promise<unknown> => {
        const info = await getBackupInfo(files.write('words.sql', script));
        return structuredClone({ ...info, sizeBytes: 0, modified: '' });
      };
      for (const statement of statementsOf(word.toLowerCase())) {
        const script = `CREATE TABLE a (b int);\n${statement}\n`;
        const text = JSON.stringify(await told(script)).replaceAll(
          new RegExp(word, 'gi'),
          ORDINARY,
        );
        const same = await told(script.replaceAll(word.toLowerCase(), ORDINARY));
        const expected = JSON.stringify(same).replaceAll(new RegExp(ORDINARY, 'gi'), ORDINARY);
        assert.equal(text, expected, statement);
      }
    });
  }
});
