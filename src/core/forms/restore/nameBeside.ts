import { MAX_NAME_BYTES } from '../../model/limits';

/**
 * The name of a database that stands beside another: `shop_before_20261126_231500`. A long name is
 * cut before the suffix: PostgreSQL would cut the suffix itself, which tells the two databases
 * apart.
 *
 * @param word what the database is, in lower case, e.g. `before`
 * @param now in local time, as people read it
 * @param taken names of the server's databases
 */
export function nameBeside(
  database: string,
  word: 'new' | 'before',
  now: Date,
  taken: ReadonlySet<string>,
): string {
  const [year, month, day, hour, minute, second] = [
    now.getFullYear().toString().padStart(4, '0'),
    ...[now.getMonth() + 1, now.getDate(), now.getHours(), now.getMinutes(), now.getSeconds()].map(
      (part) => part.toString().padStart(2, '0'),
    ),
  ];
  const ending = `_${word}_${year}${month}${day}_${hour}${minute}${second}`;
  for (let count = 1; ; count++) {
    const end = count === 1 ? ending : `${ending}_${count}`;
    const name = cutToBytes(database, MAX_NAME_BYTES - end.length) + end;
    if (!taken.has(name)) return name;
  }
}

/** The longest beginning of `name` in whole characters that has at most `most` bytes of UTF-8. */
function cutToBytes(name: string, most: number): string {
  const encoder = new TextEncoder();
  let bytes = 0;
  let cut = '';
  for (const character of name) {
    bytes += encoder.encode(character).length;
    if (bytes > most) break;
    cut += character;
  }
  return cut;
}
