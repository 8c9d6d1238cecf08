import { CooperativeLoop } from '../../archive/bytes/cooperativeLoop';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Keys that are longer, in bytes as they are written, are none that is asked for. */
const MAX_KEY = 200;
/** Keys are looked at no deeper than this. */
const MAX_PATH = 2;
/** Bytes, or elements, between two looks at the clock. */
const STEP = 256;

/** What is done with the elements of the arrays that are taken apart. */
export interface JsonElements {
  /** Paths of these arrays, two keys deep at most: `files`, `backup.tables`. */
  paths: readonly string[];
  /** An array begins; one of the same path before does not count any more. */
  begin(path: string): void;
  element(path: string, value: unknown): void;
}

/**
 * Decodes a large JSON object piece by piece, so that neither the event loop is held nor a second
 * copy of all of it made: the elements of some arrays one by one, and returns the rest of it, with
 * these arrays empty, as text of JSON.
 *
 * @throws SyntaxError for what is no JSON; `cancelled` once `signal` is aborted; what `element` throws
 */
export async function takeJsonApart(
  bytes: Buffer,
  elements: JsonElements,
  signal?: AbortSignal,
): Promise<string> {
  const loop = new CooperativeLoop(signal, STEP);
  const scanner = new Scanner(bytes, elements);
  while (scanner.step()) if (loop.shouldYield) await loop.yield();
  return scanner.rest();
}

/** A key may be written with escapes: `"fi\\u006ces"`. */
function keyOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!text.includes('\\')) return text;
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

class Scanner {
  private at = 0;
  private depth = 0;
  /** The key that is being read in the object at each depth. */
  private readonly keys: string[] = [];
  private lastString = '';
  private readonly pieces: Buffer[] = [];
  private copied = 0;
  /** The array that is taken apart now. */
  private array: { path: string; depth: number; from: number; count: number } | null = null;

  constructor(
    private readonly bytes: Buffer,
    private readonly elements: JsonElements,
  ) {}

  /** Goes on to the next character that means something. Returns whether there was one. */
  step(): boolean {
    const { bytes } = this;
    for (; this.at < bytes.length; this.at++) {
      switch (bytes[this.at]) {
        case QUOTE:
          this.string();
          return true;
        case OPEN_OBJECT:
          this.open(false);
          return true;
        case OPEN_ARRAY:
          this.open(true);
          return true;
        case CLOSE_OBJECT:
        case CLOSE_ARRAY:
          this.close();
          return true;
        case COMMA:
          if (this.array?.depth === this.depth) this.element();
          this.at++;
          return true;
        case COLON:
          if (this.depth <= MAX_PATH) this.keys[this.depth] = this.lastString;
          this.at++;
          return true;
        default:
      }
    }
    return false;
  }

  rest(): string {
    if (this.array !== null) throw new SyntaxError('an array without an end');
    return Buffer.concat([...this.pieces, this.bytes.subarray(this.copied)]).toString('utf8');
  }

  private string(): void {
    const from = this.at + 1;
    let end = this.bytes.indexOf(QUOTE, from);
    while (end >= 0 && this.isEscaped(end, from)) end = this.bytes.indexOf(QUOTE, end + 1);
    if (end < 0) throw new SyntaxError('a string without an end');
    if (this.array === null && this.depth <= MAX_PATH) {
      this.lastString = keyOf(this.bytes.subarray(from, Math.min(end, from + MAX_KEY)));
    }
    this.at = end + 1;
  }

  private isEscaped(at: number, from: number): boolean {
    let slashes = 0;
    while (at - slashes > from && this.bytes[at - slashes - 1] === BACKSLASH) slashes++;
    return slashes % 2 === 1;
  }

  private open(isArray: boolean): void {
    this.depth++;
    this.at++;
    if (this.array !== null || !isArray || this.depth > MAX_PATH + 1) return;
    const path = this.keys.slice(1, this.depth).join('.');
    if (!this.elements.paths.includes(path)) return;
    this.elements.begin(path);
    this.pieces.push(this.bytes.subarray(this.copied, this.at));
    this.array = { path, depth: this.depth, from: this.at, count: 0 };
  }

  private close(): void {
    if (this.array?.depth === this.depth) {
      const { count, from } = this.array;
      const isEmpty = this.bytes.toString('latin1', from, this.at).trim() === '';
      if (count > 0 || !isEmpty) this.element();
      this.array = null;
      this.copied = this.at;
    }
    this.depth--;
    this.at++;
  }

  private element(): void {
    if (this.array === null) return;
    const { path, from } = this.array;
    const value: unknown = JSON.parse(this.bytes.toString('utf8', from, this.at));
    this.array.from = this.at + 1;
    this.array.count++;
    this.elements.element(path, value);
  }
}
