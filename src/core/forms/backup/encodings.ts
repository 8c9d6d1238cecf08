/**
 * Character sets that PostgreSQL knows as client encodings (manual, "Character Set Support").
 * MULE_INTERNAL is left out of what a form offers: nothing but PostgreSQL reads it.
 */
export const CLIENT_ENCODINGS: readonly string[] = [
  'UTF8',
  'SQL_ASCII',
  'BIG5',
  'EUC_CN',
  'EUC_JIS_2004',
  'EUC_JP',
  'EUC_KR',
  'EUC_TW',
  'GB18030',
  'GBK',
  'ISO_8859_5',
  'ISO_8859_6',
  'ISO_8859_7',
  'ISO_8859_8',
  'JOHAB',
  'KOI8R',
  'KOI8U',
  'LATIN1',
  'LATIN2',
  'LATIN3',
  'LATIN4',
  'LATIN5',
  'LATIN6',
  'LATIN7',
  'LATIN8',
  'LATIN9',
  'LATIN10',
  'SHIFT_JIS_2004',
  'SJIS',
  'UHC',
  'WIN866',
  'WIN874',
  'WIN1250',
  'WIN1251',
  'WIN1252',
  'WIN1253',
  'WIN1254',
  'WIN1255',
  'WIN1256',
  'WIN1257',
  'WIN1258',
];

/** Other spellings of the same sets, case and punctuation left out. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    abc: 'WIN1258',
    alt: 'WIN866',
    iso88591: 'LATIN1',
    iso885910: 'LATIN6',
    iso885913: 'LATIN7',
    iso885914: 'LATIN8',
    iso885915: 'LATIN9',
    iso885916: 'LATIN10',
    iso88592: 'LATIN2',
    iso88593: 'LATIN3',
    iso88594: 'LATIN4',
    iso88599: 'LATIN5',
    koi8: 'KOI8R',
    mskanji: 'SJIS',
    muleinternal: 'MULE_INTERNAL',
    shiftjis: 'SJIS',
    tcvn: 'WIN1258',
    tcvn5712: 'WIN1258',
    unicode: 'UTF8',
    vscii: 'WIN1258',
    win: 'WIN1251',
    win932: 'SJIS',
    win936: 'GBK',
    win949: 'UHC',
    win950: 'BIG5',
    windows866: 'WIN866',
    windows874: 'WIN874',
    windows932: 'SJIS',
    windows936: 'GBK',
    windows949: 'UHC',
    windows950: 'BIG5',
    ...Object.fromEntries(
      [...Array(9).keys()].map((n) => [`windows125${n.toString()}`, `WIN125${n.toString()}`]),
    ),
  }),
);

const CANONICAL = new Map(CLIENT_ENCODINGS.map((name) => [fold(name), name]));

/** PostgreSQL compares names of encodings by their letters and digits alone. */
function fold(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** PostgreSQL's own spelling of an encoding's name, or null when it is unknown. */
export function canonicalEncoding(name: string): string | null {
  const folded = fold(name);
  return CANONICAL.get(folded) ?? ALIASES.get(folded) ?? null;
}

/** Sets that PostgreSQL converts into each other without going through UTF8. */
const FAMILIES: readonly (readonly string[])[] = [
  ['KOI8R', 'WIN1251', 'WIN866', 'ISO_8859_5', 'MULE_INTERNAL'],
  ['EUC_JP', 'SJIS', 'MULE_INTERNAL'],
  ['EUC_TW', 'BIG5', 'MULE_INTERNAL'],
  ['LATIN2', 'WIN1250', 'MULE_INTERNAL'],
  ['EUC_JIS_2004', 'SHIFT_JIS_2004'],
  ...['EUC_CN', 'EUC_KR', 'LATIN1', 'LATIN3', 'LATIN4'].map((name) => [name, 'MULE_INTERNAL']),
];

/**
 * Has a server a conversion for a dump in encoding `to` of a database in encoding `from`?
 * Names as `canonicalEncoding` gives them. Source: the built-in rows of pg_conversion.
 */
export function canConvert(from: string, to: string): boolean {
  if (from === to || from === 'SQL_ASCII' || to === 'SQL_ASCII') return true;
  if (from === 'UTF8') return to !== 'MULE_INTERNAL';
  if (to === 'UTF8') return from !== 'MULE_INTERNAL';
  return FAMILIES.some((family) => family.includes(from) && family.includes(to));
}
