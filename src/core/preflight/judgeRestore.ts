import type { MisreadLines, Reach } from '../model/archive';
import type { Environment } from '../model/profile';
import type {
  FileDifferences,
  RestoreFinding,
  RestoreFindingCode,
  RestoreJudgement,
  RestoreTarget,
  ServerEffects,
  TargetContents,
  TargetFacts,
} from '../model/preflight';

/** Kind of restore: into a database, onto a whole server, or into a scratch database. */
export type RestoreIntent =
  | { kind: 'database'; clean: boolean; swapIn?: { endSessions: boolean } | undefined }
  | { kind: 'server' }
  | { kind: 'trial' };

/** Facts about the restore. */
export interface RestoreFacts {
  target: RestoreTarget;
  environment: Environment | null;
  /** For a single database only. */
  contents: TargetFacts | null;
  /** Does the file itself drop objects or empty tables, as scripts of `pg_dump --clean` do? */
  fileDrops: boolean;
  /** Effects of a script of pg_dumpall; null = the file is not one, or could not be read. */
  effects: ServerEffects | null;
  /** Differences between the file and its manifest; null = none, or no manifest. */
  fileDiffers: FileDifferences | null;
  /** Letters that were decoded wrongly before the file was written; null = none. */
  misread?: MisreadLines | null;
  /** Statements of the file that affect more than the target database. */
  reach: readonly Reach[];
  /** Has a job of this machine made the file? */
  madeHere: boolean;
}

/** From the most serious down. */
const ORDER: readonly RestoreFindingCode[] = [
  'production',
  'wholeServer',
  'replaces',
  'fileDiffers',
  'misread',
  'reaches',
  'drops',
  'notEmpty',
  'contentsUnknown',
  'foreign',
];

/**
 * Checks every restore before it starts and returns what the user has to confirm. A restore with
 * findings is only started after the user has confirmed them.
 */
export function judgeRestore(intent: RestoreIntent, facts: RestoreFacts): RestoreJudgement {
  const findings = [...aboutTarget(intent, facts), ...aboutFile(intent, facts)];
  if (findings.length > 0 && !facts.madeHere) findings.push({ code: 'foreign' });
  const rank = ({ code }: RestoreFinding): number => ORDER.indexOf(code);
  findings.sort((a, b) => rank(a) - rank(b));
  return { target: facts.target, findings, typed: typedFor(intent, facts) };
}

/** Is there nothing in it that a restore could add to or destroy? */
export function isEmpty({ tables, views, others }: TargetContents): boolean {
  return tables + views + others === 0;
}

function aboutTarget(intent: RestoreIntent, facts: RestoreFacts): RestoreFinding[] {
  const findings: RestoreFinding[] = [];
  if (facts.environment === 'production') findings.push({ code: 'production' });
  switch (intent.kind) {
    case 'trial':
      return findings;
    case 'server':
      // The job refuses a file that is not such a script or cannot be read.
      if (facts.effects) findings.push({ code: 'wholeServer', effects: facts.effects });
      return findings;
    case 'database':
      if (intent.swapIn !== undefined) {
        return [...findings, { code: 'replaces', endsSessions: intent.swapIn.endSessions }];
      }
      return [...findings, ...aboutContents(intent.clean, facts)];
  }
}

/** Where nothing is, nothing can be dropped or doubled. */
function aboutContents(clean: boolean, { contents, fileDrops }: RestoreFacts): RestoreFinding[] {
  if (contents === null || contents.kind === 'new') return [];
  if (contents.kind === 'known' && isEmpty(contents.contents)) return [];
  const drops: RestoreFinding[] = [];
  if (clean) drops.push({ code: 'drops', by: 'clean' });
  else if (fileDrops) drops.push({ code: 'drops', by: 'script' });
  return [
    ...drops,
    contents.kind === 'known'
      ? { code: 'notEmpty', contents: contents.contents }
      : { code: 'contentsUnknown', failure: contents.failure },
  ];
}

function aboutFile(
  intent: RestoreIntent,
  { fileDiffers, misread, reach }: RestoreFacts,
): RestoreFinding[] {
  const findings: RestoreFinding[] = [];
  if (fileDiffers) findings.push({ code: 'fileDiffers', differences: fileDiffers });
  if (misread && intent.kind !== 'trial') findings.push({ code: 'misread', found: misread });
  // A trial restore refuses them.
  if (intent.kind !== 'trial' && reach.length > 0) {
    findings.push({ code: 'reaches', reach: [...reach] });
  }
  return findings;
}

/** A scratch database's name is meaningless to the user, and it contains nothing of value. */
function typedFor(intent: RestoreIntent, { target, environment }: RestoreFacts): string | null {
  if (environment !== 'production' || intent.kind === 'trial') return null;
  if (intent.kind === 'server') return target.connection;
  return target.database ?? target.connection;
}
