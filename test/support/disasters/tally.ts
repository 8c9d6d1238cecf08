import {
  type Finding,
  type FindingCode,
  REMEDY_IDS,
  type RemedyId,
} from '../../../src/core/model/findings/findings';
import type { ErrorProblem } from '../../../src/core/model/findings/errorProblems';
import { PREFLIGHT_RULES } from '../../../src/core/preflight/preflightRules';
import { testedMajors } from '../install/postgres';
import { LEAVES_ACCESS_METHODS } from './releaseCases';

/** What the look ahead itself finds, without a rule. */
const BESIDE_THE_RULES: readonly FindingCode[] = ['partLeftOut'];

/** All that can be found. */
export const FINDING_CODES: readonly FindingCode[] = [
  ...PREFLIGHT_RULES.map(({ code }) => code),
  ...BESIDE_THE_RULES,
].sort();

/** Findings of another test: a disk that is nearly full has to be mounted. */
export const FOUND_ELSEWHERE: Readonly<Partial<Record<FindingCode, string>>> = {
  diskSpace: 'disasters/fullDisk',
};

/** Remedies of errors that other tests take, on a server of their own or by what they set. */
export const HELD_ELSEWHERE: Readonly<Partial<Record<RemedyId, string>>> = {
  copyGrants: 'integration/pgtools/serverErrors',
  copyExtensions: 'integration/pgtools/serverErrors',
  withoutRefused: 'integration/pgtools/serverErrors',
  noRolePasswords: 'integration/pgtools/serverErrors',
  ownEncoding: 'integration/pgtools/serverErrors',
  createExtensions: 'integration/restore/restoreRest',
  copyDuplicatesQuery: 'unit/pgtools/stderr/remedies',
  everything: 'unit/pgtools/stderr/remedies',
  waitForLocks: 'unit/pgtools/stderr/remedies',
  copyLockSetting: 'unit/pgtools/stderr/remedies',
  copyStandbyDelay: 'unit/pgtools/stderr/remedies',
  copyStandbyFeedback: 'unit/pgtools/stderr/remedies',
  copyReplayPause: 'unit/pgtools/stderr/remedies',
  otherConnection: 'unit/webview/goToPlace',
  connectionSettings: 'unit/webview/goToPlace',
  otherTools: 'unit/webview/goToPlace',
  otherOutput: 'unit/webview/goToPlace',
};

/**
 * Buttons of errors that the table takes for other errors; that these have them, and what they set,
 * unit/pgtools/stderr/remedies and unit/text/errorProblems hold.
 */
const TAKEN_FOR_OTHERS: readonly string[] = [
  ...['exists goOn', 'check goOn', 'newerSyntax goOn', 'unknownSetting goOn'],
  ...['dependents rowsInstead', 'duplicateKey rowsInstead'],
  ...['notOwner newDatabase', 'damaged newDatabase', 'permission noOwnersAndPrivileges'],
  ...['pooler fewerJobs', 'lockTimeout fewerJobs'],
  ...[
    ...['schemaMissing', 'extensionMissing', 'extensionNeeded', 'extensionRefused'],
    ...['extensionSchema', 'permission', 'duplicateRows', 'foreignKey', 'check'],
    ...['generatedColumn', 'encoding', 'newerSyntax'],
  ].map((kind) => `${kind} leaveOut`),
];

/** Findings about archives that the newest server takes as they are. */
const NEVER_ON_THE_NEWEST: readonly FindingCode[] = ['newerServer', 'statisticsLeftOut'];

/** What a run should have met. */
interface Missing {
  findings: FindingCode[];
  /** Remedies after which no restore went through. */
  remedies: RemedyId[];
  /** Buttons that were offered and not taken. */
  buttons: string[];
}

/** A finding before a restore, or a problem of one that failed. */
type Told = Pick<Finding, 'code' | 'remedies'> | Pick<ErrorProblem, 'kind' | 'remedies'>;

/** What has happened in a run of the table: found, offered, and taken before a restore that went through. */
export class Tally {
  private readonly found = new Set<FindingCode>();
  /** By the finding or the problem that has the button: `drops newDatabase`. */
  private readonly offered = new Set<string>();
  private readonly taken = new Set<string>();
  private restores = 0;

  see(told: readonly Told[]): void {
    for (const each of told) if ('code' in each) this.found.add(each.code);
    for (const button of buttonsOf(told)) this.offered.add(button);
  }

  /** After these remedies, a restore went through. */
  wentThrough(taken: ReadonlySet<string>): void {
    this.restores++;
    for (const button of taken) this.taken.add(button);
  }

  /** What the product has on this release and no case of the run has met, or taken. */
  missing(major: number): Missing {
    const elsewhere = [
      ...Object.keys(FOUND_ELSEWHERE),
      ...(major === testedMajors.at(-1) ? NEVER_ON_THE_NEWEST : []),
    ] as readonly FindingCode[];
    const taken = new Set([...this.taken].map((button) => button.split(' ')[1]));
    return {
      findings: FINDING_CODES.filter((code) => !this.found.has(code) && !elsewhere.includes(code)),
      remedies: REMEDY_IDS.filter(
        (id) =>
          !taken.has(id) &&
          HELD_ELSEWHERE[id] === undefined &&
          (id !== 'noTableAccessMethod' || major >= LEAVES_ACCESS_METHODS),
      ),
      buttons: [...this.offered]
        .filter((button) => !this.taken.has(button) && !isHeld(button))
        .sort(),
    };
  }

  /** What happened, in a line. */
  summary(): string {
    return (
      `found ${this.found.size} of ${FINDING_CODES.length} kinds, took ${this.taken.size} of ` +
      `${this.offered.size} buttons that were offered, before ${this.restores} restores that went through`
    );
  }
}

function isHeld(button: string): boolean {
  const id = button.split(' ')[1] ?? '';
  return Object.hasOwn(HELD_ELSEWHERE, id) || TAKEN_FOR_OTHERS.includes(button);
}

/** The buttons of findings and problems, each with what it belongs to. */
export function buttonsOf(told: readonly Told[]): string[] {
  return told.flatMap((each) =>
    each.remedies.map(({ id }) => `${'code' in each ? each.code : each.kind} ${id}`),
  );
}
