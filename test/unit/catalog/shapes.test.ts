import assert from 'node:assert/strict';
import {
  exactly,
  flag,
  listOf,
  Misshapen,
  number,
  numberIn,
  object,
  optional,
  orNull,
  text,
  textTo,
  tuple,
  wholeNumber,
  type Shape,
} from '../../../src/core/shapes';

const person = object({
  name: textTo(5),
  age: optional(numberIn(0, 150, wholeNumber)),
  tags: listOf(tuple(text, orNull(number)), 2),
  kind: exactly('person'),
  here: flag,
});
const ann = {
  name: 'Ann',
  tags: [
    ['a', 1],
    ['b', null],
  ],
  kind: 'person',
  here: true,
};

describe('shapes', () => {
  it('read what is as it should be, without fields that nobody asked for', () => {
    assert.deepEqual(person.parse({ ...ann, age: 7, more: 1 }), { ...ann, age: 7 });
    assert.deepEqual(person.parse(ann), ann);
    assert.deepEqual(person.parse({ ...ann, age: undefined }), ann);
  });

  const refused: [string, Shape<unknown>, unknown, string][] = [
    ['no object', person, null, 'the whole has to be an object'],
    ['a list for an object', person, [], 'the whole has to be an object'],
    ['a missing field', person, { ...ann, name: undefined }, 'name has to be a text'],
    ['an inherited field', person, Object.create(ann), 'name has to be a text'],
    ['a long text', person, { ...ann, name: 'Annabel' }, 'name has to be at most 5 characters'],
    ['too large', person, { ...ann, age: 151 }, 'age has to be from 0 to 150'],
    ['no whole number', person, { ...ann, age: 1.5 }, 'age has to be a whole number'],
    ['a text for a number', person, { ...ann, age: '7' }, 'age has to be a whole number'],
    ['null for a missing field', person, { ...ann, age: null }, 'age has to be a whole number'],
    ['another word', person, { ...ann, kind: 'dog' }, 'kind has to be person'],
    ['a number for a flag', person, { ...ann, here: 1 }, 'here has to be a flag'],
    ['no list', person, { ...ann, tags: { length: 0 } }, 'tags has to be a list'],
    ['a long list', person, { ...ann, tags: [1, 2, 3] }, 'tags has to be a list of at most 2'],
    ['a short tuple', person, { ...ann, tags: [['a']] }, 'tags.0 has to be a list of 2'],
    [
      'deep',
      person,
      {
        ...ann,
        tags: [
          ['a', 1],
          ['b', 'c'],
        ],
      },
      'tags.1.1 has to be a number',
    ],
    ['not a number', number, Number.NaN, 'the whole has to be a number'],
    ['infinite', number, Infinity, 'the whole has to be a number'],
    ['inexact', wholeNumber, 2 ** 53, 'the whole has to be a whole number'],
  ];
  for (const [what, shape, value, message] of refused) {
    it(`refuse ${what}, and say where it is`, () => {
      assert.throws(() => shape.parse(value), { name: 'Misshapen', message });
      const read = shape.safeParse(value);
      assert.ok(!read.success && read.error instanceof Misshapen);
    });
  }

  it('do not tell what they refuse, which may be a secret', () => {
    const read = object({ password: textTo(3) }).safeParse({ password: 'hunter2' });
    assert.ok(!read.success);
    assert.doesNotMatch(`${read.error.message} ${String(read.error.stack)}`, /hunter2/);
  });

  it('take no field from the prototype of what they read into', () => {
    const read = object({ a: text }).parse(JSON.parse('{"a": "b", "__proto__": {"c": 1}}'));
    assert.deepEqual(Object.keys(read), ['a']);
    assert.equal('c' in read, false);
  });

  it('leave other errors alone', () => {
    const broken = text.where('never', () => {
      throw new RangeError('a fault of our own');
    });
    assert.throws(() => broken.safeParse('x'), RangeError);
  });
});
