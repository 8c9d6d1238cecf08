/** How a line is marked where it is shown. */
export type LineLevel = 'info' | 'warn';

/** Lines that are written as one. */
export interface LineBlock {
  readonly level: LineLevel;
  readonly lines: readonly string[];
}

/**
 * What a line of a flow is worth when not all of them can be shown: `trouble` tells of an error or a
 * warning, `more` goes on with the line before, `other` is no line that comes by the thousand.
 */
export type LineWorth = 'trouble' | 'more' | 'other' | 'usual';

/**
 * Where all lines of a flow are to be found: asked when that is told, because the file may not be
 * there yet when the first lines come. One for each flow, by which its gaps are put together.
 */
export type LogPlace = () => string | null;

/** Lines that were left out because more came than anybody reads. */
export interface LineGap {
  readonly count: number;
  /** How many of them tell of an error or a warning. */
  readonly trouble: number;
  /** The file in which to look for them; null = none. */
  readonly log: string | null;
}

interface Gap {
  readonly kind: 'gap';
  readonly log: LogPlace | null;
  count: number;
  trouble: number;
  /** Those between the lines of the gap that are not left out. */
  lines: string[];
}

type Piece =
  | { readonly kind: 'said'; readonly level: LineLevel; lines: string[] }
  | { readonly kind: 'flow'; readonly log: LogPlace | null; lines: string[] }
  | Gap;

/** What came last of a flow that is left out. */
interface Run {
  /** Is it kept? */
  kept: boolean;
  /** Lines that may still be kept of those that directly follow. */
  room: number;
}

/** Most lines of a flow that wait; beyond, the oldest of them are left out, */
const MOST = 2000;
/** until there are so many. */
const KEPT = 500;
/** Most lines that are kept of all gaps that wait, */
const MOST_OF_GAPS = 200;
/** and the part of them that is taken from the end: what came last is what a job ended with. */
const LAST_OF_GAPS = 1 / 4;
/** Most lines that are kept behind one that is: an error's detail, hint and place. */
const MOST_MORE = 5;
/** A long line costs as much as one line of this length each. */
const LINE_LENGTH = 200;

/**
 * Lines on their way to where they are read, in order. What is said by itself is never left out; of
 * a flow of lines that is faster than it is taken, the newest are kept, and of the others those that
 * tell of trouble, as long as these are few.
 */
export class LineBacklog {
  private pieces: Piece[] = [];
  private flowing = 0;
  private readonly runs = new Map<LogPlace | null, Run>();

  /** `gapText`: the line in place of those that were left out. */
  constructor(
    private readonly worthOf: (line: string) => LineWorth,
    private readonly gapText: (gap: LineGap) => string,
  ) {}

  get isEmpty(): boolean {
    return this.pieces.length === 0;
  }

  /** Were lines left out before those that are next, and may there be more of them yet? */
  get beginsWithOpenGap(): boolean {
    const [first] = this.pieces;
    if (first?.kind !== 'gap' || first.count === 0) return false;
    return this.pieces.find(({ kind }) => kind !== 'gap')?.kind !== 'said';
  }

  say(level: LineLevel, line: string): void {
    const last = this.pieces.at(-1);
    if (last?.kind === 'said' && last.level === level) last.lines.push(line);
    else this.pieces.push({ kind: 'said', level, lines: [line] });
  }

  /** `log`: where those are to be found that are left out; null = nowhere. */
  flow(lines: readonly string[], log: LogPlace | null): void {
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
        lines.push(this.tell(piece));
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
    if (this.isEmpty) this.runs.clear();
    return { level, lines };
  }

  private tell(gap: Gap): string {
    const { count, trouble, log } = gap;
    gap.count = gap.trouble = 0;
    return this.gapText({ count, trouble, log: log?.() ?? null });
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
      const lines = this.keptOf(out, piece.log);
      const count = out.length - lines.length;
      this.put({ kind: 'gap', log: piece.log, count, trouble: 0, lines });
      if (rest.length > 0) this.put({ ...piece, lines: rest });
    }
    this.limitGaps();
  }

  private keptOf(lines: readonly string[], log: LogPlace | null): string[] {
    const run = this.runs.get(log) ?? { kept: false, room: MOST_MORE };
    this.runs.set(log, run);
    return lines.filter((line) => {
      const worth = this.worthOf(line);
      if (worth === 'trouble' || worth === 'usual') {
        run.kept = worth === 'trouble';
        run.room = MOST_MORE;
        return run.kept;
      }
      if (run.room === 0 || (worth === 'more' && !run.kept)) return false;
      run.kept = true;
      run.room--;
      return true;
    });
  }

  /** Gaps of one flow are one, as long as nothing but gaps of others is between them. */
  private put(piece: Piece): void {
    if (piece.kind === 'gap') {
      for (let at = this.pieces.length - 1; at >= 0; at--) {
        const before = this.pieces[at];
        if (before?.kind !== 'gap') break;
        if (before.log !== piece.log) continue;
        before.count += piece.count;
        before.trouble += piece.trouble;
        before.lines.push(...piece.lines);
        return;
      }
    }
    this.pieces.push(piece);
  }

  /** Those with few lines keep them all; the others share what is left. */
  private limitGaps(): void {
    const gaps = this.pieces.filter((piece) => piece.kind === 'gap');
    gaps.sort((a, b) => a.lines.length - b.lines.length);
    let room = MOST_OF_GAPS;
    for (const [i, gap] of gaps.entries()) {
      this.limit(gap, Math.floor(room / (gaps.length - i)));
      room -= gap.lines.length;
    }
  }

  private limit(gap: Gap, most: number): void {
    const over = gap.lines.length - most;
    if (over <= 0) return;
    // The first are mostly what the others come from.
    const out = gap.lines.splice(most - Math.floor(most * LAST_OF_GAPS), over);
    gap.count += out.length;
    gap.trouble += out.filter((line) => this.worthOf(line) === 'trouble').length;
  }
}

function levelOf(piece: Piece): LineLevel {
  return piece.kind === 'said' ? piece.level : 'info';
}
