/** A file is asked for again after at most so many looks, however long it has stood still. */
const LONGEST_PAUSE = 32;

const LARGE_OBJECT = /^blob_\d+\./;

/** Is it the file of a large object in a directory archive? */
export function isLargeObject(name: string): boolean {
  return LARGE_OBJECT.test(name);
}

interface Seen {
  bytes: number;
  /** Looks from the last one that asked for it to the next one that does. */
  pause: number;
  askAt: number;
}

/**
 * Sizes of the files of a directory archive as earlier looks have seen them. Large objects can be
 * 20,000, most of them whole, but only pg_dump knows which: it may write in pieces of 128 kB (zstd),
 * seconds apart on a slow link, and several workers write at once. So a large object is asked for the
 * more rarely, the longer its file stands still, and at every look again once it has grown.
 */
export class SeenSizes {
  private readonly files = new Map<string, Seen>();
  private looks = 0;

  /** The names of those whose sizes are to be asked for at this look. */
  due(names: readonly string[]): string[] {
    this.looks++;
    return names.filter((name) => {
      const seen = this.files.get(name);
      return seen === undefined || seen.askAt <= this.looks || !isLargeObject(name);
    });
  }

  note(name: string, bytes: number): void {
    const seen = this.files.get(name);
    const stood = seen !== undefined && seen.bytes === bytes;
    const pause = stood ? Math.min(LONGEST_PAUSE, 2 * seen.pause) : 1;
    this.files.set(name, { bytes, pause, askAt: this.looks + pause });
  }

  /** Bytes of all these. */
  sum(names: readonly string[]): number {
    return names.reduce((sum, name) => sum + (this.files.get(name)?.bytes ?? 0), 0);
  }
}
