import { StatementReach } from '../../reach/statementReach';
import type { TokenListener } from '../../reach/tokenListener';
import { decoderOf } from '../../bytes/encoding';
import { ScriptFigures } from './scriptFigures';

/** Passes the tokens of a script on to its figures, and to the search for effects beyond it. */
export class ScriptListener implements TokenListener {
  readonly reach = new StatementReach();
  readonly figures = new ScriptFigures(decoderOf(null));

  begin(word: string, offset: number): void {
    this.reach.begin(word, offset);
    this.figures.begin(word);
  }

  word(b: Buffer, start: number, end: number, depth: number): void {
    this.reach.word(b, start, end, depth);
    if (this.figures.listens) this.figures.word(b, start, end, depth);
  }

  quoted(b: Buffer, start: number, end: number, depth: number): void {
    this.reach.quoted(b, start, end, depth);
    if (this.figures.listens) this.figures.quoted(b, start, end, depth);
  }

  literal(depth: number): void {
    this.reach.literal(depth);
    if (this.figures.listens) this.figures.literal(depth);
  }

  text(b: Buffer, start: number, end: number): void {
    this.reach.text(b, start, end);
  }

  other(b: Buffer, at: number, depth: number): void {
    this.reach.other(b, at);
    if (this.figures.listens) this.figures.other(b, at, depth);
  }

  end(): void {
    this.reach.end();
    this.figures.end();
  }
}
