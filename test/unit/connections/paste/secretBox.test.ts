import assert from 'node:assert/strict';
import { readPasted } from '../../../../src/core/connections/paste/readPasted';
import { SecretBox } from '../../../../src/core/connections/paste/secretBox';

describe('SecretBox', () => {
  const texts: [text: string, shown: string][] = [
    ['postgres://ann:s3cret@db/shop', 'postgres://ann:••••••••@db/shop'],
    ['postgres://ann:p%40ss@db/shop', 'postgres://ann:••••••••@db/shop'],
    ['postgres://a:a@a/a', 'postgres://a:••••••••@a/a'],
    ['postgres://ann:x@y@db/shop', 'postgres://ann:••••••••@db/shop'],
    [
      'jdbc:postgresql://db/shop?user=a&password=a+b',
      'jdbc:postgresql://db/shop?user=a&password=••••••••',
    ],
    ["host=db password='a \\\\b'", "host=db password='••••••••'"],
    ['Host=db;Password="a;""b"', 'Host=db;Password="••••••••"'],
    ['PGPASSWORD=x psql -h db shop', 'PGPASSWORD=•••••••• psql -h db shop'],
    ['PGPASSWORD=x\\ y psql -h db shop', '••••••••'],
    [
      'postgres://db/shop?password=x&sslpassword=y',
      'postgres://db/shop?password=••••••••&sslpassword=••••••••',
    ],
    ['postgres://ann@db/shop', 'postgres://ann@db/shop'],
  ];
  for (const [text, shown] of texts) {
    it(`shows ${shown}, and knows the rest`, () => {
      const box = new SecretBox();
      const result = readPasted(text);
      assert.ok('profile' in result);
      assert.equal(box.shownText(text, result.secretTexts), shown);
      assert.equal(box.fullText(shown), text);
      assert.equal(box.fullText(`${shown}!`), `${text}!`);
    });
  }
});
