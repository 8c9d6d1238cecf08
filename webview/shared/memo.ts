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
