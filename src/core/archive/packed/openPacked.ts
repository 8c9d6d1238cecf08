import { mkdir, open, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../errors';
import type { FileKind, PackedFrom, Packaging } from '../../model/archive';
import { throwIfCancelled } from '../bytes/abort';
import { filePieces } from '../bytes/pieces';
import { inputError } from '../bytes/byteSource';
import { decompressed } from '../compression/decompress';
import { detectFile } from '../file/detectFile';
import type { OpenPackedOptions } from './openPackedOptions';
import { chooseDump, type DumpInside } from './dumpsInside';
import { baseName, type Container } from './member';
import { base64Decoded } from './base64';
import { nameLargeObjectLists, viewOfUnpackedTar } from './unpackedTar';
import { splitParts } from './splitParts';
import { openTar } from './tarContainer';
import { UnpackBudget } from './unpackBudget';

/** A dump that can be read where it is. */
export interface OpenedDump {
  /** Of the dump itself: what was given, or what was unpacked. */
  path: string;
  /** How it was packed; null where it was not. */
  packed: PackedFrom | null;
}

/** Something packed in something packed in something: nobody does more by accident. */
const MAX_LAYERS = 5;

/**
 * Makes a dump readable that is packed: an archive that was compressed as a whole, a zip or tar with a
 * dump in it, files that one was split into, a tar archive that was unpacked, and each of them in
 * another. What can be read as it is stays where it is, scripts that are compressed once included; so
 * does what nothing reads. Memory is bounded; how much is written too.
 *
 * @throws AppError `packedChoice`, `nothingPacked`, `unpacksTooLarge`, `noSpaceToUnpack`, `partMissing`,
 *   `archiveDamaged`, `notADump`, `compressionUnsupported`, `objectUnknown`, `inputMissing`,
 *   `inputUnreadable`, `cancelled`
 */
export async function openPacked(file: string, options: OpenPackedOptions): Promise<OpenedDump> {
  const parts = await splitParts(file);
  let kind: FileKind = parts === null ? await detectFile(file) : { kind: 'packed', by: 'parts' };
  if (kind.kind === 'archive' && kind.format === 'directory') {
    return { path: await viewOfUnpackedTar(file, options), packed: null };
  }
  if (kind.kind !== 'packed') return { path: file, packed: null };
  const run = new Unpacking(file, await options.folder(), options);
  const by: Packaging[] = [];
  let at = file;
  while (kind.kind === 'packed') {
    if (by.length === MAX_LAYERS) {
      throw new AppError('unpacksTooLarge', { path: file, reason: 'layers' });
    }
    by.push(kind.by);
    const inner = await run.layer(at, kind.by, parts);
    // Of what was unpacked only the innermost is wanted.
    if (at !== file) await rm(at, { force: true });
    at = inner;
    kind = await detectFile(at);
  }
  await run.date(at);
  return { path: at, packed: { by, member: run.member } };
}

/** Unpacks one file, layer by layer. */
class Unpacking {
  /** The dump that was chosen in a zip or tar. */
  member: string | null = null;
  private readonly budget: Promise<UnpackBudget>;
  private layers = 0;
  private written = 0;

  constructor(
    private readonly file: string,
    private readonly folder: string,
    private readonly options: OpenPackedOptions,
  ) {
    this.budget = stat(file).then(({ size }) => new UnpackBudget(file, size, folder));
    this.budget.catch(() => undefined);
  }

  /** Gives what was unpacked the file's own time: the next time it is the same dump to whoever kept it. */
  async date(at: string): Promise<void> {
    const { atime, mtime } = await stat(this.file);
    await utimes(at, atime, mtime);
    await utimes(path.join(at, 'toc.dat'), atime, mtime).catch(() => undefined);
  }

  /** Unpacks `at` and returns where to. */
  async layer(at: string, by: Packaging, parts: readonly string[] | null): Promise<string> {
    const { signal } = this.options;
    this.layers++;
    switch (by) {
      case 'parts':
        return this.write(joined(parts ?? [], signal), baseName(at));
      case 'base64':
        return this.write(base64Decoded(at, filePieces(at, { signal })), baseName(at));
      case 'zip': {
        const { openZip } = await import('./zipContainer');
        return this.fromContainer(await openZip(at, signal));
      }
      case 'tar':
        return this.fromContainer(await openTar(at, signal));
      case 'gzip':
      case 'zstd':
      case 'lz4':
      case 'bzip2':
      case 'xz':
        return this.write(decompressed(at, by, { signal }), baseName(at));
    }
  }

  private async fromContainer(container: Container): Promise<string> {
    const { file, options } = this;
    try {
      // The name that was chosen is one in the outer container.
      const name = this.member === null ? options.member : null;
      const dump = await chooseDump(file, container.members, { name, signal: options.signal });
      this.member ??= dump.name;
      const budget = await this.budget;
      await budget.expect(dump.files.reduce((sum, { size }) => sum + size, 0));
      return dump.directory ? await this.directory(dump) : await this.single(dump);
    } finally {
      await container.close();
    }
  }

  private single({ files: [file], name }: DumpInside): Promise<string> {
    return this.write(file!.open(), baseName(name));
  }

  /** Its members have names that pg_dump gives, which lead nowhere else. */
  private async directory({ files, name }: DumpInside): Promise<string> {
    const folder = this.place(baseName(name.replace(/\/$/, '')) || 'dump');
    await mkdir(folder, { mode: 0o700 });
    const seen = new Set<string>();
    for (const file of files) {
      const member = baseName(file.name);
      // Two files of one name: the first counts, as it would where the second is refused.
      if (seen.has(member)) continue;
      seen.add(member);
      await this.writeTo(file.open(), path.join(folder, member));
    }
    await nameLargeObjectLists(folder);
    return folder;
  }

  private async write(pieces: AsyncGenerator<Buffer>, name: string): Promise<string> {
    const file = this.place(name);
    await this.writeTo(pieces, file);
    return file;
  }

  /** Somebody reads the name in commands and messages; nothing else of it is used. */
  private place(name: string): string {
    const plain = name
      .replaceAll(/[^\w.-]/g, '_')
      .replace(/^\.+/, '')
      .slice(-80);
    const shown = plain.replace(/\.(gz|tgz|zst|lz4|bz2|xz|zip|b64|base64)$/i, '') || 'dump';
    return path.join(this.folder, `${this.layers}-${shown}`);
  }

  private async writeTo(pieces: AsyncGenerator<Buffer>, file: string): Promise<void> {
    const budget = await this.budget;
    const handle = await open(file, 'wx', 0o600);
    try {
      for await (const piece of pieces) {
        await budget.take(piece.length);
        await writeAll(handle, piece).catch(async (error: unknown) => {
          throw await budget.failed(error);
        });
        this.written += piece.length;
        this.options.onProgress?.(this.written);
        throwIfCancelled(this.options.signal);
      }
    } catch (error) {
      throw AppError.is(error) ? error : inputError(this.file, error);
    } finally {
      await handle.close();
    }
  }
}

async function writeAll(handle: Awaited<ReturnType<typeof open>>, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
  }
}

async function* joined(
  parts: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  for (const part of parts) yield* filePieces(part, { signal });
}
