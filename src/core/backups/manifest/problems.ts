import type { StructureReport } from '../../archive/data/structureReport';
import type { VerifyProblem, VerifyProblemKind } from '../../model/backups';

/** A verification lists at most this many problems; it counts all of them. */
export const MAX_PROBLEMS = 100;
const MAX_DETAIL = 1_000;

/** Problems that a verification has found, up to a limit. */
export class VerifyProblems {
  readonly items: VerifyProblem[] = [];
  count = 0;

  add(
    kind: VerifyProblemKind,
    object: string | null,
    detail: string,
    offset: number | null = null,
  ): void {
    if (this.count++ >= MAX_PROBLEMS) return;
    const short = detail.length > MAX_DETAIL ? `${detail.slice(0, MAX_DETAIL)}…` : detail;
    this.items.push({ kind, object, detail: short, offset });
  }

  /** Adds the problems that the structural check found. */
  addStructure(report: StructureReport): void {
    for (const { kind, what, offset } of report.problems) {
      switch (kind) {
        case 'missingData':
          this.add('missing', what, '', offset);
          break;
        case 'truncatedData':
          this.add('truncated', null, what, offset);
          break;
        case 'noEnd':
          this.add('noEnd', null, what, offset);
          break;
        case 'damaged':
        case 'damagedToc':
          this.add('damaged', null, what, offset);
          break;
      }
    }
  }
}
