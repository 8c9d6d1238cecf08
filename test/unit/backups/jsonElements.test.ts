import assert from 'node:assert/strict';
import {
  JsonTooLarge,
  takeJsonApart,
  type JsonElements,
} from '../../../src/core/backups/manifest/jsonElements';
import { AppError } from '../../../src/core/errors';
import { seededRandom } from '../../support/seededRandom';

const NO_LIMITS = { maxElement: Infinity, maxRest: Infinity };

/** As it is read, so many bytes at a time. */
function pieces(text: string, bytes: number): Buffer[] {
  const all = Buffer.from(text);
  const count = Math.ceil(all.length / bytes);
  return Array.from({ length: count }, (_, i) => all.subarray(i * bytes, (i + 1) * bytes));
}

/** The document as it is put together again; what the arrays held before the last of them is gone. */
async function together(text: string, bytes: number): Promise<unknown> {
  const lists: Record<string, unknown[]> = {};
  const rest = await takeJsonApart(pieces(text, bytes), {
    ...NO_LIMITS,
    paths: ['files', 'backup.tables'],
    begin: (where) => (lists[where] = []),
    element: (where, value) => lists[where]?.push(value),
  });
  const value = JSON.parse(rest) as { files?: unknown; backup?: { tables?: unknown } } | null;
  if (Array.isArray(value?.files)) value.files = lists['files'];
  if (Array.isArray(value?.backup?.tables)) value.backup.tables = lists['backup.tables'];
  return value;
}

/** The rest of the document, and what it has of elements of `files`. */
async function parts(
  text: string,
  options: Partial<JsonElements>,
  signal?: AbortSignal,
): Promise<{ rest: unknown; files: unknown[] }> {
  const files: unknown[] = [];
  const elements = {
    ...{ ...NO_LIMITS, paths: ['files'] },
    begin: () => undefined,
    element: (_: string, value: unknown) => files.push(value),
  };
  const rest = await takeJsonApart(pieces(text, 7), { ...elements, ...options }, signal);
  return { rest: JSON.parse(rest) as unknown, files };
}

const texts = [
  '{"files": [], "backup": null}',
  '{"files": [ ], "backup": {"tables": [1, [2, {"files": [3]}], "a,]}", "\\\\", "\\""]}}',
  '{"a": {"files": [1]}, "files": [{"files": [1, 2]}, []], "backup": {"x": {"tables": [1]}}}',
  '{"files": [1], "files": [2, 3]}',
  '{"files": [1], "files": 7}',
  '{"files": {"files": [1]}, "tables": [1], "backup": {"files": [1], "tables": null}}',
  '[["files"], {"files": [1]}]',
  '{"fi\\u006ces": [1]}',
  '"files"',
  '  {\n"files"\t:\n[ 1 ,\n2 ]\n}  ',
  ...['', '{', '{"files": [', '{"files": [1,]}', '{"files": [,1]}', '{"files": [1 2]}'],
  ...['{"files": [1}', '{"files": [1]]}', '{"files" [1]}', '{"files": ["]}', '{"files": [1]} x'],
];

describe('JSON that is taken apart', () => {
  const whole = (text: string): unknown => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return 'no JSON';
    }
  };

  for (const text of texts) {
    it(`is what it is in one piece: ${text.trim().slice(0, 60)}`, async () => {
      for (const bytes of [1, 2, 3, 7, 1000]) {
        const apart = await together(text, bytes).catch(() => 'no JSON');
        assert.deepEqual(apart, whole(text), `${bytes} bytes at a time`);
      }
    });
  }

  it('is so, too, with any character changed', async () => {
    const seed = 20261126;
    const random = seededRandom(seed);
    const good =
      '{"files":[{"n":"a\\"b","s":[1,2]},{}],"backup":{"tables":[{"x":"é,"}],"y":1},"z":"]"}';
    const marks = '{}[]",:\\ 1a';
    for (let round = 0; round < 3000; round++) {
      const at = Math.floor(random() * good.length);
      const mark = marks[Math.floor(random() * marks.length)] ?? '';
      const text = `${good.slice(0, at)}${mark}${good.slice(at + (random() < 0.5 ? 1 : 0))}`;
      const bytes = 1 + Math.floor(random() * 20);
      const apart = await together(text, bytes).catch(() => 'no JSON');
      assert.deepEqual(apart, whole(text), `seed ${seed}, round ${round}, ${bytes} bytes: ${text}`);
    }
  });

  it('loses what is omitted, array or object, and nothing else', async () => {
    const text =
      '{"a":{"b":[1,"]",{"x":[2]}],"c":{"d":"}","e":[{}]},"b2":3},"b":[4],"files":[5,6],"c":{"d":7}}';
    const { rest, files } = await parts(text, { omitted: ['a.b', 'a.c', 'b'] });
    assert.deepEqual(rest, { a: { b: [], c: {}, b2: 3 }, b: [], files: [], c: { d: 7 } });
    assert.deepEqual(files, [5, 6]);
  });

  const long = 'x'.repeat(100);
  const limits: [string, string, Partial<JsonElements>][] = [
    ['a long element', `{"files":[1,"${long}"]}`, { maxElement: 50 }],
    ['a long value', `{"a":"${long}"}`, { maxRest: 50 }],
    ['a long key', `{"${long}":1}`, { maxRest: 50 }],
    ['many spaces', `{${' '.repeat(100)}}`, { maxRest: 50 }],
    [
      'many keys',
      `{${Array.from({ length: 100 }, (_, i) => `"${i}":1`).join(',')}}`,
      { maxRest: 50 },
    ],
  ];
  for (const [what, text, limit] of limits) {
    it(`has its limits: ${what}`, async () => {
      await assert.rejects(parts(text, limit), JsonTooLarge);
      await parts(text, {});
    });
  }

  it('has none for what is omitted, nor for the number of elements', async () => {
    const text = `{"b":["${long}"],"files":[${'1,'.repeat(100)}1]}`;
    const { files } = await parts(text, { omitted: ['b'], maxElement: 10, maxRest: 20 });
    assert.equal(files.length, 101);
  });

  it('ends when it is cancelled', async () => {
    const controller = new AbortController();
    let seen = 0;
    const element = (): void => {
      if (++seen === 3) controller.abort();
    };
    const text = `{"files":[${'"elements",'.repeat(100)}1]}`;
    await assert.rejects(parts(text, { element }, controller.signal), (error) =>
      AppError.is(error, 'cancelled'),
    );
    assert.equal(seen, 3);
  });
});
