import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of this process's objects and buffers, together with those that nothing uses any more. */
function taken(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
}

/**
 * The memory that some work holds. It depends on the version of Node and on the machine when garbage
 * is collected, so it is collected before more than `limit` is said to be held.
 */
export class HeldMemory {
  private readonly before = taken();
  /** Bytes: the most that was seen, beyond what there was before. */
  most = 0;

  /** `limit`: bytes that the work may hold. */
  constructor(private readonly limit: number) {}

  /** Called while the work goes on. */
  look(): void {
    if (taken() - this.before > this.limit) collectGarbage();
    this.most = Math.max(this.most, taken() - this.before);
  }
}
