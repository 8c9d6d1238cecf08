import {
  CORE_SCHEMA,
  defineScalarTag,
  loadAll,
  mapTag,
  mergeTag,
  seqTag,
  type TagDefinition,
} from 'js-yaml';

/** Values of one document, aliases filled in: a few lines of aliases could stand for millions. */
const MOST_VALUES = 10_000;

/** Takes a value with a tag of some other program (`!Ref`, `!vault`, `!!python/tuple`) as if it had none. */
const foreign = (tagName: string): TagDefinition[] => {
  const any = { tagName, matchByTagPrefix: true };
  const scalar = { matchByTagPrefix: true, resolve: (text: string) => text, identify: () => false };
  return [defineScalarTag(tagName, scalar), { ...seqTag, ...any }, { ...mapTag, ...any }];
};

const SCHEMA = CORE_SCHEMA.withTags(mergeTag, foreign('!'), foreign('tag:'));

/** The documents of a file; none for invalid YAML, and null for one that holds itself or far too much. */
export function parseYaml(text: string): unknown[] {
  try {
    const documents = loadAll(text, { schema: SCHEMA, json: true });
    return documents.map((document) =>
      valuesOf(document, new Map()) <= MOST_VALUES ? document : null,
    );
  } catch {
    return [];
  }
}

/** How many values there are when each alias is filled in; infinite for one that holds itself. */
function valuesOf(value: unknown, known: Map<object, number>): number {
  if (typeof value !== 'object' || value === null) return 1;
  const before = known.get(value);
  if (before !== undefined) return before;
  known.set(value, Infinity);
  let count = 1;
  for (const each of Object.values(value)) count += valuesOf(each, known);
  known.set(value, count);
  return count;
}
