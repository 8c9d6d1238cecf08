/** How a line is marked where it is shown. */
export type LineLevel = 'info' | 'warn';

/** Lines that are written as one. */
export interface LineBlock {
  readonly level: LineLevel;
  readonly lines: readonly string[];
}

/** Lines that were left out because more came than anybody reads. */
export interface LineGap {
  readonly count: number;
  /** The file in which to look for them; null = none. */
  readonly log: string | null;
}

type Piece =
  | { readonly kind: 'said'; readonly level: LineLevel; lines: string[] }
  | { readonly kind: 'flow'; readonly log: string | null; lines: string[] }
  /** `lines`: those of the gap that tell of trouble, which are not left out. */
  | { readonly kind: 'gap'; readonly log: string | null; count: number; lines: string[] };

/** Most lines of a flow that wait; beyond, the oldest of them are left out, */
const MOST = 2000;
/** until there are so many. */
const KEPT = 500;
/** Most lines of trouble that are kept of one gap. */
const MOST_TROUBLE = 200;
/** A long line costs as much as one line of this length each. */
const LINE_LENGTH = 200;

/**
 * Lines on their way to where they are read, in order. What is said by itself is never left out; of
 * a flow of lines that is faster than it is taken, the newest are kept, and those that tell of trouble.
 */
export class LineBacklog {
  private pieces: Piece[] = [];
  private flowing = 0;

  /**
   * `isTrouble`: does this line of a flow tell of an error or a warning? `gapText`: the line in place
   * of those that were left out.
   */
  constructor(
    private readonly isTrouble: (line: string) => boolean,
    private readonly gapText: (gap: LineGap) => string,
  ) {}

  get isEmpty(): boolean {
    return this.pieces.length === 0;
  }

  /** Were lines left out before those that are next? */
  get beginsWithGap(): boolean {
    const [first] = this.pieces;
    return first?.kind === 'gap' && first.count > 0;
  }

  say(level: LineLevel, line: string): void {
    const last = this.pieces.at(-1);
    if (last?.kind === 'said' && last.level === level) last.lines.push(line);
    else this.pieces.push({ kind: 'said', level, lines: [line] });
  }

  /** `log`: the file in which to look for those that are left out; null = none. */
  flow(lines: readonly string[], log: string | null): void {
    if (lines.length === 0) return;
    this.pieces.push({ kind: 'flow', log, lines: [...lines] });
    this.flowing += lines.length;
    if (this.flowing > MOST) this.leaveOut(this.flowing - KEPT);
  }

  /** The next lines that are of one level, about as many as `room` says; null = none wait. */
  take(room: number): LineBlock | null {
    const [first] = this.pieces;
    if (first === undefined) return null;
    const level = levelOf(first);
    const lines: string[] = [];
    for (let piece: Piece | undefined = first; room > 0; [piece] = this.pieces) {
      if (piece === undefined || levelOf(piece) !== level) break;
      if (piece.kind === 'gap' && piece.count > 0) {
        lines.push(this.gapText(piece));
        piece.count = 0;
        room--;
      }
      let taken = 0;
      for (; room > 0 && taken < piece.lines.length; taken++) {
        const line = piece.lines[taken] ?? '';
        lines.push(line);
        room -= 1 + Math.floor(line.length / LINE_LENGTH);
      }
      if (piece.kind === 'flow') this.flowing -= taken;
      if (taken === piece.lines.length) this.pieces.shift();
      else piece.lines = piece.lines.slice(taken);
    }
    return { level, lines };
  }

  /** Leaves out the oldest `over` lines of the flow. */
  private leaveOut(over: number): void {
    const before = this.pieces;
    this.pieces = [];
    for (const piece of before) {
      if (piece.kind !== 'flow' || over === 0) {
        this.put(piece);
        continue;
      }
      const rest = piece.lines.slice(over);
      const out = rest.length === 0 ? piece.lines : piece.lines.slice(0, over);
      over -= out.length;
      this.flowing -= out.length;
      const lines = out.filter(this.isTrouble);
      this.put({ kind: 'gap', log: piece.log, count: out.length - lines.length, lines });
      if (rest.length > 0) this.put({ ...piece, lines: rest });
    }
  }

  private put(piece: Piece): void {
    const last = this.pieces.at(-1);
    if (piece.kind !== 'gap') this.pieces.push(piece);
    else if (last?.kind === 'gap' && last.log === piece.log) {
      last.count += piece.count;
      last.lines.push(...piece.lines);
      limitTrouble(last);
    } else {
      limitTrouble(piece);
      this.pieces.push(piece);
    }
  }
}

function limitTrouble(gap: { count: number; lines: string[] }): void {
  // The first are kept: they are mostly what the others come from.
  gap.count += gap.lines.splice(MOST_TROUBLE).length;
}

function levelOf(piece: Piece): LineLevel {
  return piece.kind === 'said' ? piece.level : 'info';
}
