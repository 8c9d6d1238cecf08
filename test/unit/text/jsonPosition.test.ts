import assert from 'node:assert/strict';
import { jsonPosition } from '../../../src/core/text/jsonPosition';

describe('The position of a value in settings', () => {
  const settings = `// "list": [{"id": "comment"}]
{
  "other": { "list": [{ "id": "other" }] }, /* "list": [ */
  "text": "\\"list\\": [{ ] // no comment",
  "list": [
    { "id": "a", "nested": [1, { "list": [0] }] }, // first
    "b",
    // between
    { "id": "c" },
  ],
  "last": tru`;
  const cases: [path: (string | number)[], rest: string | null][] = [
    [['list'], '[\n    { "id": "a"'],
    [['list', 0], '{ "id": "a"'],
    [['list', 1], '"b"'],
    [['list', 2], '{ "id": "c"'],
    [['list', 3], null],
    [['list', 0, 'nested', 1, 'list', 0], '0] }'],
    [['other', 'list', 0, 'id'], '"other"'],
    [['text'], '"\\"list'],
    [['last'], 'tru'],
    [['nothing'], null],
    [[], '{\n  "other"'],
  ];
  for (const [path, rest] of cases) {
    it(`of ${JSON.stringify(path)}`, () => {
      const found = jsonPosition(settings, path);
      if (rest === null) assert.equal(found, null);
      else assert.ok(found !== null && settings.startsWith(rest, found), String(found));
    });
  }

  it('the last of two equal keys', () => {
    assert.equal(jsonPosition('{"a": 1, "a": 2}', ['a']), 14);
    assert.equal(jsonPosition('{"\\u0061": 1}', ['a']), 11);
  });

  it('in what is no JSON at all', () => {
    for (const text of ['', '{', '"', '/*', ']', '}{', '{"a', '{"a":', ',,,', '{"a" 1}']) {
      assert.equal(jsonPosition(text, ['a', 0]), null, text);
    }
  });
});
