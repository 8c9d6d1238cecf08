import { statfs } from 'node:fs/promises';
import { AppError } from '../../errors';

/** Dumps shrink to a twentieth, rarely to less: what grows more than this is made to fill a disk. */
const MAX_RATIO = 200;
/** Up to so many bytes nobody minds. */
const ALWAYS_ALLOWED = 1 << 30;
/** Bytes that always stay free on the disk. */
const RESERVE = 256 << 20;
/** After so many bytes the free space is looked at again. */
const LOOK_EVERY = 64 << 20;

/** What may be written while one file is unpacked, all its layers together. */
export class UnpackBudget {
  private written = 0;
  private sinceLook = 0;
  private readonly limit: number;

  /** `packed`: bytes of the file. `folder`: where it is unpacked. */
  constructor(
    private readonly path: string,
    packed: number,
    private readonly folder: string,
  ) {
    this.limit = Math.max(ALWAYS_ALLOWED, packed * MAX_RATIO);
  }

  /**
   * Before so many bytes are written, as far as the file itself tells.
   *
   * @throws AppError `unpacksTooLarge`, `noSpaceToUnpack`
   */
  async expect(bytes: number): Promise<void> {
    if (this.written + bytes > this.limit) throw this.tooLarge();
    await this.look(bytes);
  }

  /** When so many more have been written. @throws AppError `unpacksTooLarge`, `noSpaceToUnpack` */
  async take(bytes: number): Promise<void> {
    this.written += bytes;
    this.sinceLook += bytes;
    if (this.written > this.limit) throw this.tooLarge();
    if (this.sinceLook < LOOK_EVERY) return;
    this.sinceLook = 0;
    await this.look(0);
  }

  /** What a failed write means. */
  async failed(error: unknown): Promise<unknown> {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOSPC' || code === 'EDQUOT' ? this.noSpace(await this.free(), 0) : error;
  }

  private async look(needed: number): Promise<void> {
    const free = await this.free();
    if (needed > free - RESERVE) throw this.noSpace(free, needed);
  }

  private async free(): Promise<number> {
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize;
  }

  private tooLarge(): AppError<'unpacksTooLarge'> {
    return new AppError('unpacksTooLarge', { path: this.path, reason: 'ratio' });
  }

  private noSpace(free: number, needed: number): AppError<'noSpaceToUnpack'> {
    const { path, folder } = this;
    return new AppError('noSpaceToUnpack', { path, folder, free, needed: needed + RESERVE });
  }
}
