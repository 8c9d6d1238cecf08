/**
 * What data from outside have to look like, as far as every job's process reads them: answers of the
 * server, and small files of our own. Messages, manifests and whole records are decoded by zod, which
 * is larger than all that this process does with them.
 */

/** A value has another shape than it should. The value itself, which may be a secret, is not told. */
export class Misshapen extends Error {
  override readonly name = 'Misshapen';
  /** Where it is within the whole. */
  readonly place: (string | number)[] = [];

  constructor(readonly wanted: string) {
    super();
  }

  override get message(): string {
    return `${this.place.join('.') || 'the whole'} has to be ${this.wanted}`;
  }
}

/** Reads a value as a `T`. Has the two methods of zod's schemas by which others ask it. */
export class Shape<T> {
  /** `read` throws `Misshapen`. */
  constructor(readonly read: (value: unknown) => T) {}

  /** @throws Misshapen */
  parse(value: unknown): T {
    return this.read(value);
  }

  safeParse(value: unknown): { success: true; data: T } | { success: false; error: Misshapen } {
    try {
      return { success: true, data: this.read(value) };
    } catch (error) {
      if (error instanceof Misshapen) return { success: false, error };
      throw error;
    }
  }

  /** The same without the values that `isWanted` refuses. */
  where(wanted: string, isWanted: (value: T) => boolean): Shape<T> {
    return new Shape((value) => {
      const read = this.read(value);
      if (isWanted(read)) return read;
      throw new Misshapen(wanted);
    });
  }
}

/** The type of what a shape reads. */
export type Read<S> = S extends Shape<infer T> ? T : never;

function simple<T>(wanted: string, is: (value: unknown) => value is T): Shape<T> {
  return new Shape((value) => {
    if (is(value)) return value;
    throw new Misshapen(wanted);
  });
}

export const text = simple('a text', (value): value is string => typeof value === 'string');
export const flag = simple('a flag', (value): value is boolean => typeof value === 'boolean');
/** Neither infinite nor `NaN`. */
export const number = simple('a number', (value): value is number => Number.isFinite(value));
/** So small that it is exact. */
export const wholeNumber = simple('a whole number', (value): value is number =>
  Number.isSafeInteger(value),
);

/** One value. */
export function exactly<const T extends string | number>(wanted: T): Shape<T> {
  return simple(`${wanted}`, (value): value is T => value === wanted);
}

export function textTo(most: number): Shape<string> {
  return text.where(`at most ${most} characters`, ({ length }) => length <= most);
}

export function numberIn(least: number, most: number, kind = number): Shape<number> {
  return kind.where(`from ${least} to ${most}`, (value) => value >= least && value <= most);
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return new Shape((value) => (value === null ? null : shape.read(value)));
}

/** Of a field that may be missing. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return new Shape((value) => (value === undefined ? undefined : shape.read(value)));
}

export function listOf<T>(shape: Shape<T>, most = Infinity): Shape<T[]> {
  return new Shape((value) => {
    const list = listIn(value);
    if (list.length > most) throw new Misshapen(`a list of at most ${most}`);
    return list.map((each, i) => readAt(i, shape, each));
  });
}

/** A list of so many values, each of a shape of its own. */
export function tuple<const S extends readonly Shape<unknown>[]>(
  ...shapes: S
): Shape<{ -readonly [I in keyof S]: Read<S[I]> }> {
  return new Shape((value) => {
    const list = listIn(value);
    if (list.length !== shapes.length) throw new Misshapen(`a list of ${shapes.length}`);
    const read = shapes.map((shape, i) => readAt(i, shape, list[i]));
    return read as { -readonly [I in keyof S]: Read<S[I]> };
  });
}

type Fields = Readonly<Record<string, Shape<unknown>>>;
type MayMiss<F extends Fields> = {
  [K in keyof F]: undefined extends Read<F[K]> ? K : never;
}[keyof F];
type ObjectOf<F extends Fields> = { [K in Exclude<keyof F, MayMiss<F>>]: Read<F[K]> } & {
  [K in MayMiss<F>]?: Read<F[K]>;
};

/** An object with these fields; others are left out of what is read. */
export function object<F extends Fields>(fields: F): Shape<ObjectOf<F>> {
  const shapes = Object.entries(fields);
  return new Shape((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Misshapen('an object');
    }
    const given = new Map<string, unknown>(Object.entries(value));
    const read = shapes.map(([name, shape]) => [name, readAt(name, shape, given.get(name))]);
    return Object.fromEntries(read.filter(([, field]) => field !== undefined)) as ObjectOf<F>;
  });
}

function listIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Misshapen('a list');
}

/** Where a value is matters only to an error: with 20,000 tables, saying it each time takes long. */
function readAt<T>(place: string | number, shape: Shape<T>, value: unknown): T {
  try {
    return shape.read(value);
  } catch (error) {
    if (error instanceof Misshapen) error.place.unshift(place);
    throw error;
  }
}
