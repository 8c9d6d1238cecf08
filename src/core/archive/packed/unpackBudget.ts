import { statfs } from 'node:fs/promises';
import { AppError, isDiskFull } from '../../errors';

/** Highest accepted ratio. Dumps shrink to a twentieth, rarely more; a zip bomb shrinks far more. */
const MAX_RATIO = 200;
/** Up to this many bytes any ratio is accepted. */
const ALWAYS_ALLOWED = 1 << 30;
/** Bytes that must stay free on the disk. */
const RESERVE = 256 << 20;
/** The free space is checked again after this many bytes. */
const LOOK_EVERY = 64 << 20;

/** Limits how much is written while one file is unpacked, all layers together. */
export class UnpackBudget {
  private written = 0;
  private sinceLook = 0;
  private readonly limit: number;

  /** `packed`: size of the file in bytes. `folder`: where it is unpacked. */
  constructor(
    private readonly path: string,
    packed: number,
    private readonly folder: string,
  ) {
    this.limit = Math.max(ALWAYS_ALLOWED, packed * MAX_RATIO);
  }

  /**
   * Checks in advance, by the size that the file itself states.
   *
   * @throws AppError `unpacksTooLarge`, `noSpaceToUnpack`
   */
  async expect(bytes: number): Promise<void> {
    if (this.written + bytes > this.limit) throw this.tooLarge();
    await this.look(bytes);
  }

  /** Counts bytes that were written. @throws AppError `unpacksTooLarge`, `noSpaceToUnpack` */
  async take(bytes: number): Promise<void> {
    this.written += bytes;
    this.sinceLook += bytes;
    if (this.written > this.limit) throw this.tooLarge();
    if (this.sinceLook < LOOK_EVERY) return;
    this.sinceLook = 0;
    await this.look(0);
  }

  /** The error to throw after a failed write. */
  async failed(error: unknown): Promise<unknown> {
    return isDiskFull(error) ? this.noSpace(await this.free(), 0) : error;
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
