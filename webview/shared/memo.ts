/** Remembers the last result, and returns it as long as the arguments are the same. */
export function memoLast<A extends readonly unknown[], R>(
  compute: (...args: A) => R,
): (...args: A) => R {
  let last: { args: A; result: R } | undefined;
  return (...args) => {
    const before = last;
    if (before?.args.every((arg, index) => Object.is(arg, args[index]))) return before.result;
    const result = compute(...args);
    last = { args, result };
    return result;
  };
}

/** `memoLast` for an object argument; it compares the fields, not the object. */
export function memoFields<I extends object, R>(compute: (input: I) => R): (input: I) => R {
  let last: { input: I; result: R } | undefined;
  return (input) => {
    const before = last;
    const fields = Object.entries(input) as [keyof I, unknown][];
    if (before && fields.every(([name, value]) => Object.is(before.input[name], value))) {
      return before.result;
    }
    const result = compute(input);
    last = { input, result };
    return result;
  };
}
