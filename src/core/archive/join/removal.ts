import { unlink } from 'node:fs';

/** More would keep the thread pool from writing. */
const AT_ONCE = 2;
/** Files that may wait for their removal. */
const MOST_WAITING = 1000;

/**
 * Removes files while other work goes on: a file takes longer to be removed than a small one to be
 * read (40 µs, measured). What cannot be removed is left to whoever removes the folder.
 */
export class Removal {
  private readonly waiting: string[] = [];
  private underWay = 0;
  private wake = (): void => undefined;

  /** Waits where files come faster than they can be removed. */
  async add(file: string): Promise<void> {
    this.waiting.push(file);
    this.next();
    if (this.waiting.length > MOST_WAITING) await this.until(MOST_WAITING / 2);
  }

  /** Resolves when all were removed. */
  async end(): Promise<void> {
    await this.until(0);
  }

  /** Waits until no more than so many are left. */
  private async until(left: number): Promise<void> {
    while (this.waiting.length + this.underWay > left) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  private next(): void {
    while (this.underWay < AT_ONCE) {
      const file = this.waiting.pop();
      if (file === undefined) break;
      this.underWay++;
      unlink(file, () => {
        this.underWay--;
        this.next();
        this.wake();
      });
    }
  }
}
