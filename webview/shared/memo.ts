/** Remembers the last answer: asked again with the same arguments, `compute` is not called again. */
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

/** `memoLast` for an argument that is created anew each time with the same fields. */
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
