/** Longest time that the page is kept from drawing. */
const SLICE_MS = 8;

/** The next turn, after drawing and input, without the 4 ms that timers wait. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Runs `step` for 0 to `count` - 1 in slices. Resolves with false when it was aborted. */
export async function inTimeSlices(
  count: number,
  step: (index: number) => void,
  signal: AbortSignal,
): Promise<boolean> {
  let since = performance.now();
  for (let index = 0; index < count; index++) {
    step(index);
    if ((index & 255) === 255 && performance.now() - since > SLICE_MS) {
      await nextTurn();
      if (signal.aborted) return false;
      since = performance.now();
    }
  }
  return !signal.aborted;
}

/** Merge sort in slices, stable; null when it was aborted. */
export async function sortInTimeSlices(
  ids: Int32Array,
  compare: (a: number, b: number) => number,
  signal: AbortSignal,
): Promise<Int32Array | null> {
  let from = ids.slice();
  let to = new Int32Array(ids.length);
  const run = 512;
  const runs = Math.ceil(ids.length / run);
  const sortRun = (index: number): void => {
    from.subarray(index * run, (index + 1) * run).sort(compare);
  };
  if (!(await inTimeSlices(runs * 256, (i) => (i & 255) === 255 && sortRun(i >> 8), signal))) {
    return null;
  }
  for (let width = run; width < ids.length; width *= 2) {
    for (let start = 0; start < ids.length; start += 2 * width) {
      const middle = Math.min(start + width, ids.length);
      const end = Math.min(start + 2 * width, ids.length);
      let left = start;
      let right = middle;
      const source = from;
      const target = to;
      const merge = (at: number): void => {
        const takeLeft =
          left < middle && (right >= end || compare(source[left] ?? 0, source[right] ?? 0) <= 0);
        target[start + at] = source[takeLeft ? left++ : right++] ?? 0;
      };
      if (!(await inTimeSlices(end - start, merge, signal))) return null;
    }
    [from, to] = [to, from];
  }
  return from;
}
