import type { MisreadLines, Reach } from '../model/archive';
import type { Environment } from '../model/profile';
import type {
  FileDifferences,
  ConfirmationReason,
  ConfirmationReasonCode,
  RestoreConfirmation,
  RestoreTarget,
  ServerEffects,
  TargetContents,
  TargetFacts,
} from '../model/confirmation';

/** Kind of restore: into a database, onto a whole server, or into a scratch database. */
export type RestoreIntent =
  | {
      kind: 'database';
      clean: boolean;
      replaceRows?: boolean | undefined;
      swapIn?: { endSessions: boolean } | undefined;
      /** Is what is dropped backed up first? */
      backsUp?: boolean;
    }
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
const ORDER: readonly ConfirmationReasonCode[] = [
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
 * What the user has to confirm before this restore starts. A restore without reasons starts without
 * a question. What a form shows beforehand comes from `applyPreflightRules`.
 */
export function neededConfirmation(
  intent: RestoreIntent,
  facts: RestoreFacts,
): RestoreConfirmation {
  const reasons = [...aboutTarget(intent, facts), ...aboutFile(intent, facts)];
  if (reasons.length > 0 && !facts.madeHere) reasons.push({ code: 'foreign' });
  const rank = ({ code }: ConfirmationReason): number => ORDER.indexOf(code);
  reasons.sort((a, b) => rank(a) - rank(b));
  return { target: facts.target, reasons, typed: typedFor(intent, facts, reasons) };
}

/** Is there nothing in it that a restore could add to or destroy? */
export function isEmpty({
  tables,
  views,
  others,
}: Pick<TargetContents, 'tables' | 'views' | 'others'>): boolean {
  return tables + views + others === 0;
}

function aboutTarget(intent: RestoreIntent, facts: RestoreFacts): ConfirmationReason[] {
  const reasons: ConfirmationReason[] = [];
  if (facts.environment === 'production') reasons.push({ code: 'production' });
  switch (intent.kind) {
    case 'trial':
      return reasons;
    case 'server':
      // The job refuses a file that is not such a script or cannot be read.
      if (facts.effects) reasons.push({ code: 'wholeServer', effects: facts.effects });
      return reasons;
    case 'database':
      if (intent.swapIn !== undefined) {
        return [...reasons, { code: 'replaces', endsSessions: intent.swapIn.endSessions }];
      }
      return [...reasons, ...aboutContents(intent, facts)];
  }
}

/** Reasons from the contents of the target: in an empty one, nothing can be dropped or doubled. */
function aboutContents(
  intent: Pick<RestoreIntent & { kind: 'database' }, 'clean' | 'replaceRows' | 'backsUp'>,
  { contents, fileDrops }: RestoreFacts,
): ConfirmationReason[] {
  if (contents === null || contents.kind === 'new') return [];
  if (contents.kind === 'known' && isEmpty(contents.contents)) return [];
  const drops: ConfirmationReason[] = [];
  const { clean, replaceRows, backsUp } = intent;
  const before = backsUp === true ? ({ backedUp: true } as const) : {};
  if (clean) drops.push({ code: 'drops', by: 'clean', ...before });
  else if (replaceRows === true) drops.push({ code: 'drops', by: 'rows', ...before });
  else if (fileDrops) drops.push({ code: 'drops', by: 'script', ...before });
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
): ConfirmationReason[] {
  const reasons: ConfirmationReason[] = [];
  if (fileDiffers) reasons.push({ code: 'fileDiffers', differences: fileDiffers });
  if (misread && intent.kind !== 'trial') reasons.push({ code: 'misread', found: misread });
  // A trial restore refuses such statements, so nothing is asked.
  if (intent.kind !== 'trial' && reach.length > 0) {
    reasons.push({ code: 'reaches', reach: [...reach] });
  }
  return reasons;
}

/**
 * In production, and where something is dropped, the name of the target is typed. Not for a scratch
 * database: its name is meaningless to the user, and it contains nothing of value.
 */
function typedFor(
  intent: RestoreIntent,
  { target, environment, effects }: RestoreFacts,
  reasons: readonly ConfirmationReason[],
): string | null {
  if (intent.kind === 'trial') return null;
  const dropsOfServer = effects ? [...effects.droppedDatabases, ...effects.droppedRoles] : [];
  const drops = reasons.some(({ code }) => code === 'drops') || dropsOfServer.length > 0;
  if (environment !== 'production' && !drops) return null;
  if (intent.kind === 'server') return target.connection;
  return target.database ?? target.connection;
}
