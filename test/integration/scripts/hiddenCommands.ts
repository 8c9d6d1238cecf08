/** A source of numbers in [0, 1). */
export type Random = () => number;

const encodings = [
  ...['SJIS', 'SHIFT_JIS_2004', 'BIG5', 'GBK', 'UHC', 'GB18030', 'JOHAB'],
  ...['UTF8', 'LATIN1', 'SQL_ASCII', 'EUC_JP', 'EUC_KR'],
];
/** First bytes of two-byte letters whose second byte may be any byte, in encodings such as SJIS. */
const leads = [0x81, 0x88, 0x95, 0xa4, 0xb0, 0xe0, 0xf0];

/** Ways to switch to an encoding, really or only in the eyes of a naive reader. */
const ways: readonly ((encoding: string) => string)[] = [
  () => '',
  (e) => `SET client_encoding = '${e}';\n`,
  (e) => `SET NAMES '${e}';\n`,
  (e) => `SET SESSION client_encoding TO ${e};\n`,
  (e) => `BEGIN; SET client_encoding = '${e}'; ROLLBACK;\n`,
  (e) => `BEGIN; SET LOCAL client_encoding = '${e}'; COMMIT;\n`,
  (e) => `BEGIN; SET client_encoding = '${e}'; SELECT 1/0; COMMIT;\n`,
  (e) => `SELECT set_config('client_encoding', '${e}', false);\n`,
  (e) => `DO $$BEGIN PERFORM set_config('client_encoding', '${e}', false); END$$;\n`,
  (e) => `\\encoding ${e}\n`,
  () => `SET standard_conforming_strings = off;\n`,
  () => `SELECT set_config('standard_conforming_strings', 'off', false);\n`,
  () => `BEGIN; SET standard_conforming_strings = off; ROLLBACK;\n`,
];

/** Places where one reader sees a command and another does not. `L` stands for the letter. */
const places: readonly string[] = [
  '\\connect aL`CMD`L',
  '\\connect aLCMDL',
  '\\connect "aLCMDL"',
  `\\connect -reuse-previous=on "dbname='aL' L\\! CMD '"`,
  `\\connect -reuse-previous=on "dbname='aLCMDL'"`,
  '\\connect hostileL\\! CMD',
  '\\restrict aLCMDL',
  '\\unrestrict L`CMD`',
  '\\encoding UTF8L\\! CMD',
  "SELECT 'L', '\n\\! CMD\n--';",
  "SELECT E'L', '\n\\! CMD\n--';",
  "SELECT 'L\\! CMD\n';",
  "SELECT 'a' AS \"L\", '\n\\! CMD\n--';",
  '-- L\n\\! CMD\n',
  '-- L\r\\! CMD\n',
  '/* L*/ \\! CMD\n/* */',
  '/* L/* */ \\! CMD\n/* */ */',
  '$L$ \\! CMD\n$L$ $$\n\\! CMD\n$$',
  'COPY t FROM stdin;\n1L\n\\! CMD\n\\.\n',
  'COPY nosuch FROM stdin;\nL\\! CMD\n\\.\n',
  'COPY t FROM stdin;\nL\\.\n\\! CMD\n\\.\n',
  'COPY t FROM stdin; L\\! CMD\n\\.\n',
  'SELECT 1L\\g |CMD\n;',
  "SELECT 1; L\\! CMD\n'L\n\\! CMD\n';",
];

/** Letters whose second byte is a quote, a backtick, a backslash or a dollar sign. */
const letters: readonly Buffer[] = leads.flatMap((lead) =>
  [...'\\`\'"$*/\n;'].map((tail) => Buffer.from([lead, tail.charCodeAt(0)])),
);

/** A script that tries to have psql run `command`. */
export function hiddenCommand(random: Random, command: string): Buffer {
  const one = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const letter = one(letters).toString('latin1');
  const steps = [one(ways)(one(encodings)), random() < 0.5 ? one(ways)(one(encodings)) : ''];
  const place = one(places).replaceAll('L', letter).replaceAll('CMD', command);
  return Buffer.from(`${steps.join('')}${place}\nSELECT 1;\n`, 'latin1');
}
