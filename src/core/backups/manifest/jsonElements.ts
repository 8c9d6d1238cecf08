import { throwIfCancelled } from '../../abort';
import { CooperativeLoop } from '../../cooperativeLoop';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Longest key in bytes, as written; no longer key is ever requested. */
const MAX_KEY = 200;
/** Keys that are nested more deeply are not compared. */
const MAX_PATH = 2;

/**
 * Handlers for the parts of a large JSON object. Paths are at most two keys deep: `backup.tables`.
 */
export interface JsonElements {
  /** Arrays whose elements are given one by one. */
  paths: readonly string[];
  /** Arrays and objects whose content is omitted. */
  omitted?: readonly string[];
  /** An array begins. A later array with the same path replaces the earlier one. */
  begin(path: string): void;
  element(path: string, value: unknown): void;
  /** Maximum size of one element, in bytes. */
  maxElement: number;
  /** Maximum size, in bytes, of everything that is neither an element nor omitted. */
  maxRest: number;
}

/** A part of a document exceeds the reader's limit. */
export class JsonTooLarge extends Error {}

/**
 * Decodes a large JSON object piece by piece: the event loop is not blocked, and only the requested
 * parts are kept in memory. Passes on the elements of some arrays one by one, and returns the rest of
 * the object as JSON text, in which these arrays and the omitted values are empty. Omitted values are
 * not checked: they may be invalid JSON.
 *
 * @param pieces the text in pieces of some 64 kB, which are not kept
 * @throws SyntaxError for invalid JSON; JsonTooLarge; AppError `cancelled` once `signal` is aborted;
 * the errors of `element` and `pieces`
 */
export async function takeJsonApart(
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
  elements: JsonElements,
  signal?: AbortSignal,
): Promise<string> {
  const loop = new CooperativeLoop(signal);
  const scanner = new Scanner(elements);
  for await (const piece of pieces) {
    throwIfCancelled(signal);
    scanner.push(piece);
    if (loop.shouldYield) await loop.yield();
  }
  return scanner.rest();
}

/** A key may be written with escapes: `"fi\\u006ces"`. */
function keyOf(text: string): string {
  if (!text.includes('\\')) return text;
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

/** Bytes that arrive in pieces. They are copied, so that no whole piece stays in memory. */
class Collected {
  private parts: Buffer[] = [];
  private length = 0;

  constructor(private readonly max: number) {}

  add(bytes: Buffer): void {
    this.length += bytes.length;
    if (this.length > this.max) throw new JsonTooLarge();
    if (bytes.length > 0) this.parts.push(Buffer.from(bytes));
  }

  take(): string {
    const text = Buffer.concat(this.parts).toString('utf8');
    this.parts = [];
    this.length = 0;
    return text;
  }
}

class Scanner {
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  /** Bytes of this piece before here have been collected or dropped. */
  private done = 0;
  private depth = 0;
  /** The key that is being read in the object at each depth. */
  private readonly keys: string[] = [];
  private lastString = '';
  private readonly kept: Collected;
  private readonly element: Collected;
  private readonly key = new Collected(Infinity);
  /** The string that continues in the next piece: can it be a key, and does an escape continue? */
  private string: { key: number; escape: boolean } | null = null;
  /** The array whose elements are passed on, or the value that is omitted. */
  private inside: { path: string; depth: number; count: number; omitted: boolean } | null = null;

  constructor(private readonly elements: JsonElements) {
    this.kept = new Collected(elements.maxRest);
    this.element = new Collected(elements.maxElement);
  }

  push(piece: Buffer): void {
    this.bytes = piece;
    this.at = 0;
    this.done = 0;
    while (this.at < piece.length) {
      if (this.string !== null) this.goOnWithString(this.string);
      else this.step();
    }
    this.collect(piece.length);
  }

  rest(): string {
    if (this.inside !== null) throw new SyntaxError('an array without an end');
    return this.kept.take();
  }

  private step(): void {
    switch (this.bytes[this.at]) {
      case QUOTE:
        this.string = {
          key: this.inside === null && this.depth <= MAX_PATH ? MAX_KEY : 0,
          escape: false,
        };
        this.at++;
        break;
      case OPEN_OBJECT:
        this.open(false);
        break;
      case OPEN_ARRAY:
        this.open(true);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        this.close();
        break;
      case COMMA:
        if (this.inside?.depth === this.depth) this.endElement();
        this.at++;
        break;
      case COLON:
        if (this.depth <= MAX_PATH) this.keys[this.depth] = this.lastString;
        this.at++;
        break;
      default:
        this.at++;
    }
  }

  /** Moves to the end of the string, or of the piece. */
  private goOnWithString(string: NonNullable<Scanner['string']>): void {
    const { bytes, at: from } = this;
    let end = bytes.indexOf(QUOTE, from);
    while (end >= 0 && this.isEscaped(end, from, string.escape))
      end = bytes.indexOf(QUOTE, end + 1);
    const to = end < 0 ? bytes.length : end;
    if (string.key > 0) {
      const part = bytes.subarray(from, Math.min(to, from + string.key));
      this.key.add(part);
      string.key -= part.length;
    }
    if (end < 0) {
      string.escape = this.isEscaped(to, from, string.escape);
      this.at = to;
      return;
    }
    if (this.inside === null && this.depth <= MAX_PATH) this.lastString = keyOf(this.key.take());
    this.string = null;
    this.at = end + 1;
  }

  /** Is the byte at `at` escaped? `escape`: the previous piece ended with an escaping backslash. */
  private isEscaped(at: number, from: number, escape: boolean): boolean {
    let slashes = 0;
    while (at - slashes > from && this.bytes[at - slashes - 1] === BACKSLASH) slashes++;
    if (at - slashes === from && escape) slashes++;
    return slashes % 2 === 1;
  }

  private open(isArray: boolean): void {
    this.depth++;
    this.at++;
    if (this.inside !== null || this.depth > MAX_PATH + 1) return;
    if (this.depth <= MAX_PATH) this.keys[this.depth] = '';
    const path = this.keys.slice(1, this.depth).join('.');
    const omitted = this.elements.omitted?.includes(path) === true;
    if (!omitted && !(isArray && this.elements.paths.includes(path))) return;
    if (!omitted) this.elements.begin(path);
    this.collect(this.at);
    this.inside = { path, depth: this.depth, count: 0, omitted };
  }

  private close(): void {
    if (this.inside?.depth === this.depth) {
      this.endElement(true);
      this.inside = null;
    }
    this.depth--;
    this.at++;
  }

  /** Assigns the bytes up to `to` to the element or to the rest. */
  private collect(to: number): void {
    const bytes = this.bytes.subarray(this.done, to);
    this.done = to;
    if (this.inside === null) this.kept.add(bytes);
    else if (!this.inside.omitted) this.element.add(bytes);
  }

  /** `last`: the array ends here; if it is empty, there is no element. */
  private endElement(last = false): void {
    this.collect(this.at);
    if (this.inside === null || this.inside.omitted) return;
    const text = this.element.take();
    if (!last) this.done++;
    else if (this.inside.count === 0 && text.trim() === '') return;
    this.inside.count++;
    this.elements.element(this.inside.path, JSON.parse(text));
  }
}
