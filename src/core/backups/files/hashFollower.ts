import { createHash } from 'node:crypto';
import { GrowingFiles } from '../../archive/bytes/growingFiles';
import type { ManifestFile } from '../manifest/manifest';
import type { KnownHashes } from './hashFiles';
import { RestingMembers } from './restingMembers';

/** Bytes. */
const WORTH_IT = 8 << 20;

/**
 * Computes SHA-256 of files while a tool writes them. pg_dump writes the header of a custom archive
 * last, so no byte of that can be hashed earlier. Measured: pg_dump writes 250 MB of an uncompressed
 * dump a second; reading those back takes a quarter of a second.
 */
export class HashFollower {
  private readonly files: GrowingFiles<string>;
  private resting: RestingMembers | null = null;
  private stopped = false;

  /** @param output the file or directory, which need not be there yet */
  constructor(private readonly output: string) {
    this.files = new GrowingFiles(output, {
      worthIt: WORTH_IT,
      // Large objects can be thousands, each a file of its own.
      choose: (names) => names.filter((name) => !isLargeObject(name)),
      read: sha256Of,
      recycle: true,
    });
  }

  /** Bytes that were read so far, of all files. */
  get bytes(): number {
    return this.files.bytes;
  }

  /**
   * The tool says that it has written all members of a directory: those that were not followed are
   * hashed while it puts them on the disk. Resolves when they are, or no more will be.
   */
  async whenWritten(): Promise<void> {
    if (this.stopped) return;
    const choose = (name: string, bytes: number): boolean =>
      isLargeObject(name) || bytes < WORTH_IT;
    this.resting ??= new RestingMembers(this.output, choose);
    await this.resting.done;
  }

  /**
   * To be called when the tool has ended: reads the rest of the files that were followed, and closes
   * them. Of all others only those that are hashed by now have a checksum: a backup that is whole
   * does not wait for thousands before it gets its name. Returns checksums by file name; an output
   * that is one file has the key ''.
   */
  async finish(): Promise<KnownHashes> {
    await this.files.end();
    const hashes = new Map<string, Omit<ManifestFile, 'name'>>();
    for (const [name, { sizeBytes, result }] of await this.files.results()) {
      hashes.set(name, { sizeBytes, sha256: result });
    }
    for (const [name, hash] of (await this.resting?.finish()) ?? []) hashes.set(name, hash);
    return hashes;
  }

  /** Stops without results, also what `finish` waits for; all files are closed when it resolves. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([this.files.stop(), this.resting?.stop()]);
  }
}

const isLargeObject = (name: string): boolean => name.startsWith('blob_');

async function sha256Of(_file: string, pieces: AsyncGenerator<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
