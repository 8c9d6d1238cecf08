import { decoderOf, type TextDecode } from '../../bytes/encoding';
import { foldCase } from './sqlBytes';

/** Most words, names, strings and dots that are kept of a statement. */
export const MAX_TOKENS = 24;
const LONGEST_FIRST = 64;
const LONGEST_WORD = 256;
const LONGEST_QUOTED = 1024;
/** Statements of which more than the first word is needed. */
const CAPTURED = new Set(
  'create alter drop set reset copy grant revoke comment security select'.split(' '),
);
/** For a statement without words; never modified. */
const noTokens: string[] = [];

/** The first words, names and strings of a statement, as `SqlEvents.statement` hands them out. */
export class StatementTokens {
  all: string[] = noTokens;
  /** Are tokens after the first word needed? */
  wanted = false;
  decode: TextDecode = decoderOf(null);
  private firstWord: Buffer = Buffer.alloc(0);
  private firstTokens: string[] = [];
  private firstWanted = false;

  /** Records the first word; returns it in lower case. */
  begin(b: Buffer, start: number, end: number): string {
    const length = end - start;
    // Dumps with INSERTs have a million statements with the same first word: compare before decoding.
    let same = length === this.firstWord.length;
    for (let k = 0; same && k < length; k++) same = b[start + k] === this.firstWord[k];
    if (!same) {
      const text = b.toString('latin1', start, Math.min(end, start + LONGEST_FIRST)).toLowerCase();
      this.firstWord = Buffer.from(b.subarray(start, end));
      this.firstTokens = [text];
      this.firstWanted = CAPTURED.has(text);
    }
    this.wanted = this.firstWanted;
    this.all = this.wanted ? [...this.firstTokens] : this.firstTokens;
    return this.firstTokens[0] ?? '';
  }

  word(b: Buffer, start: number, end: number): void {
    if (this.all.length >= MAX_TOKENS) return;
    this.all.push(foldCase(this.decode(b, start, Math.min(end, start + LONGEST_WORD))));
  }

  /** A complete string or quoted name, with its quotes. */
  quoted(b: Buffer, start: number, end: number): void {
    if (!this.wanted || this.all.length >= MAX_TOKENS) return;
    this.all.push(this.decode(b, start, Math.min(end, start + LONGEST_QUOTED)));
  }

  dot(): void {
    if (this.wanted && this.all.length < MAX_TOKENS) this.all.push('.');
  }

  /** To be called at the statement's end; returns its tokens. */
  end(): string[] {
    const { all } = this;
    this.all = noTokens;
    this.wanted = false;
    return all;
  }
}
