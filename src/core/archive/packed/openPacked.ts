import { mkdir, open, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../errors';
import type { FileKind, PackedFrom, Packaging } from '../../model/archive';
import { throwIfCancelled } from '../../abort';
import { DecodeError } from '../bytes/byteQueue';
import { filePieces } from '../bytes/pieces';
import { inputError } from '../bytes/byteSource';
import { decompressed } from '../compression/decompress';
import { detectFile } from '../file/detectFile';
import { asGiven } from './asGiven';
import type { OpenPackedOptions } from './openPackedOptions';
import { chooseDump, type DumpInside } from './dumpsInside';
import { baseName, type Container } from './member';
import { base64Decoded } from '../compression/base64';
import { nameLargeObjectLists, viewOfUnpackedTar } from './unpackedTar';
import { splitParts } from './splitParts';
import { openTar } from './tarContainer';
import { UnpackBudget } from './unpackBudget';
import { whileUnchanged } from './unchanged';

/** A dump that can be read directly. */
export interface OpenedDump {
  /** Path of the dump: the given file, or what was unpacked from it. */
  path: string;
  /** How it was packed; null = it was not. */
  packed: PackedFrom | null;
}

/** Maximum number of layers (a packed file in a packed file, …); more are not made by accident. */
const MAX_LAYERS = 5;

/**
 * Makes a packed dump readable: an archive that was compressed as a whole, a zip or tar file with a
 * dump in it, a dump that was split into files, an unpacked tar archive, and any of them within
 * another. A file that can be read directly is returned as it is, scripts with a single compression
 * included; so is a file of an unknown kind. An archive that was cut after it was compressed is
 * unpacked as far as it goes. Memory is bounded, and so is the amount that is written.
 *
 * @throws AppError `packedChoice`, `nothingPacked`, `unpacksTooLarge`, `noSpaceToUnpack`, `partMissing`,
 *   `archiveDamaged`, `notADump`, `compressionUnsupported`, `objectUnknown`, `inputMissing`,
 *   `inputChanged`, `inputUnreadable`, `cancelled`
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
    const packing = kind.by;
    const unpack = (): Promise<string> => run.layer(at, packing, parts);
    // The inner layers are in our own folder, where nobody changes them.
    const layer = at === file ? whileUnchanged({ file, files: parts ?? [file] }, unpack) : unpack();
    const inner = await layer.catch((error: unknown) => {
      throw asGiven(error, file, at);
    });
    // Only the innermost layer is needed: the outer ones are removed.
    if (at !== file) await rm(at, { force: true });
    at = inner;
    kind = await detectFile(at);
    if (run.cut !== null && !canBeCut(kind)) throw run.cut;
  }
  await run.date(at);
  return { path: at, packed: { by, member: run.member } };
}

/** Only an archive lists what should be in it, so only of an archive is it known what a cut took away. */
function canBeCut(kind: FileKind): boolean {
  return kind.kind === 'packed' ? kind.by !== 'tar' && kind.by !== 'zip' : kind.kind === 'archive';
}

/** Unpacks one file, layer by layer. */
class Unpacking {
  /** Name of the dump that was chosen in a zip or tar file. */
  member: string | null = null;
  /** The error of the first layer whose compressed data end too early; null = all layers are whole. */
  cut: AppError | null = null;
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

  /** Gives the unpacked dump the time of the packed file, so that it counts as unchanged next time. */
  async date(at: string): Promise<void> {
    const { atime, mtime } = await stat(this.file);
    await utimes(at, atime, mtime);
    await utimes(path.join(at, 'toc.dat'), atime, mtime).catch(() => undefined);
  }

  /** Unpacks `at` and returns the path of the result. */
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
        return this.write(this.upToCut(at, decompressed(at, by, { signal })), baseName(at));
    }
  }

  private async *upToCut(at: string, pieces: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* pieces;
    } catch (error) {
      const cut = AppError.is(error, 'archiveDamaged') && error.cause instanceof DecodeError;
      if (!cut || !(error.cause as DecodeError).endsEarly) throw error;
      this.cut ??= asGiven(error, this.file, at);
    }
  }

  private async fromContainer(container: Container): Promise<string> {
    const { file, options } = this;
    try {
      // The caller's choice is a name in the outermost zip or tar file.
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

  /** Unpacks a directory archive. Only names that pg_dump gives are used: none leads elsewhere. */
  private async directory({ files, name }: DumpInside): Promise<string> {
    const folder = this.place(baseName(name.replace(/\/$/, '')) || 'dump');
    await mkdir(folder, { mode: 0o700 });
    const seen = new Set<string>();
    for (const file of files) {
      const member = baseName(file.name);
      // Of two files with the same name, the first counts.
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

  /** A path in the folder. The name only makes commands and messages readable. */
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
