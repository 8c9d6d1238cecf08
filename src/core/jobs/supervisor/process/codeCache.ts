import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';
import { readBoundedSync } from '../../../files/regularFile';

/** As Node wraps the text of a CommonJS module. */
const WRAPPER = ['(function (exports, require, module, __filename, __dirname) {', '\n})'] as const;
/** The arguments of a wrapped module. */
type Wrapped = (...args: [unknown, (id: string) => unknown, NodeJS.Module, string, string]) => void;

/**
 * Milliseconds. V8 forgets the code of functions that have not run for a while; and a job that took
 * longer than this gains nothing by a start that is quicker.
 */
const FRESH_MS = 30_000;
/** The largest module, and the code of all, take a few megabytes. */
const MAX_BYTES = 64 << 20;
const SUM_BYTES = 32;
const LENGTH_BYTES = 4;

/** One module in the file of compiled code; all of them stand first, their code follows. */
interface Kept {
  /** SHA-256 of its text. */
  readonly source: string;
  readonly bytes: number;
}

/**
 * Compiled code of the modules that this process loads, with that of the functions that an earlier
 * process of the kind has called: compiling is most of what the start of a job's process takes
 * (measured: half of its processor time). V8 refuses what another version of it
 * has written, and takes everything else on trust: so a checksum is kept of the file, and the file
 * is where only this user may write.
 *
 * Loaded before all else, in a bundle with what it imports: that is to be as good as nothing.
 */
export class CodeCache {
  private readonly scripts = new Map<string, Script>();
  /** Was there a module without code that V8 takes? */
  private missing = false;

  private constructor(
    private readonly file: string,
    private readonly known: ReadonlyMap<string, Buffer>,
  ) {}

  /** From now on modules are compiled by what is kept in `file`, an absolute path. Never throws. */
  static use(file: string): CodeCache {
    const cache = new CodeCache(file, readKept(file));
    createRequire(__filename).extensions['.js'] = (module, name) => cache.load(module, name);
    return cache;
  }

  /**
   * Keeps the code for later processes, where there was none for a module. To be called when
   * nothing else is left to do. `age`: milliseconds that this process has run. Never throws.
   */
  keep(age = performance.now()): void {
    if (!this.missing || age > FRESH_MS) return;
    const partial = `${this.file}.${process.pid}.next`;
    try {
      const codes = [...this.scripts].map(([source, script]) => ({
        source,
        code: script.createCachedData(),
      }));
      const kept: Kept[] = codes.map(({ source, code }) => ({ source, bytes: code.length }));
      const head = Buffer.from(JSON.stringify(kept));
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32LE(head.length);
      const content = Buffer.concat([length, head, ...codes.map(({ code }) => code)]);
      mkdirSync(path.dirname(this.file), { recursive: true, mode: 0o700 });
      const sum = createHash('sha256').update(content).digest();
      writeFileSync(partial, Buffer.concat([sum, content]), { mode: 0o600, flag: 'wx' });
      renameSync(partial, this.file);
    } catch {
      // The disk is full, or another process writes the same: the next start takes longer.
      removeIfThere(partial);
    }
  }

  /** @throws system errors; syntax errors */
  private load(module: NodeJS.Module, filename: string): void {
    const bytes = readBoundedSync(filename, MAX_BYTES);
    const source = createHash('sha256').update(bytes).digest('hex');
    const cachedData = this.known.get(source);
    const script = new Script(WRAPPER.join(bytes.toString('utf8')), {
      filename,
      columnOffset: -WRAPPER[0].length,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    this.missing ||= cachedData === undefined || script.cachedDataRejected === true;
    this.scripts.set(source, script);
    const run = script.runInThisContext() as Wrapped;
    const load = (id: string): unknown => module.require(id);
    run(module.exports, load, module, filename, path.dirname(filename));
  }
}

function removeIfThere(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Nothing reads a file of that name.
  }
}

/** Compiled code by the SHA-256 of its text; none where the file is missing or damaged. */
function readKept(file: string): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  try {
    const content = readBoundedSync(file, MAX_BYTES);
    const rest = content.subarray(SUM_BYTES);
    const sum = createHash('sha256').update(rest).digest();
    if (!sum.equals(content.subarray(0, SUM_BYTES))) return found;
    let at = LENGTH_BYTES + rest.readUInt32LE(0);
    const kept = JSON.parse(rest.toString('utf8', LENGTH_BYTES, at)) as Kept[];
    for (const { source, bytes } of kept) {
      found.set(source, rest.subarray(at, at + bytes));
      at += bytes;
    }
  } catch {
    // Nothing is kept yet.
  }
  return found;
}
