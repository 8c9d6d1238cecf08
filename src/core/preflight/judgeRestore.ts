import type { Reach } from '../model/archive';
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

/** What is asked for: into a database, onto a whole server, or into a scratch database. */
export type RestoreIntent =
  { kind: 'database'; clean: boolean } | { kind: 'server' } | { kind: 'trial' };

/** What was found out about it. */
export interface RestoreFacts {
  target: RestoreTarget;
  environment: Environment | null;
  /** Of a single database only. */
  contents: TargetFacts | null;
  /** Does the file itself drop objects or empty tables, as scripts of `pg_dump --clean` do? */
  fileDrops: boolean;
  /** What a script of pg_dumpall does; null = the file is none, or could not be read. */
  effects: ServerEffects | null;
  /** In what the file differs from its manifest; null = in nothing, or it has none. */
  fileDiffers: FileDifferences | null;
  /** What of the file goes beyond the database that is restored into. */
  reach: readonly Reach[];
  /** Has a job of this machine made the file? */
  madeHere: boolean;
}

/** From the most serious down. */
const ORDER: readonly RestoreFindingCode[] = [
  'production',
  'wholeServer',
  'fileDiffers',
  'reaches',
  'drops',
  'notEmpty',
  'contentsUnknown',
  'foreign',
];

/**
 * The one door that every restore goes through before it starts, whoever asks for it: what has to
 * be asked. A restore with findings is only started after somebody has said yes to them.
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
      // A file that is no such script, or cannot be read, is refused by the job.
      if (facts.effects) findings.push({ code: 'wholeServer', effects: facts.effects });
      return findings;
    case 'database':
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

function aboutFile(intent: RestoreIntent, { fileDiffers, reach }: RestoreFacts): RestoreFinding[] {
  const findings: RestoreFinding[] = [];
  if (fileDiffers) findings.push({ code: 'fileDiffers', differences: fileDiffers });
  // A trial restore refuses them.
  if (intent.kind !== 'trial' && reach.length > 0) {
    findings.push({ code: 'reaches', reach: [...reach] });
  }
  return findings;
}

/** A scratch database's name says nothing to anybody, and nothing that matters is in it. */
function typedFor(intent: RestoreIntent, { target, environment }: RestoreFacts): string | null {
  if (environment !== 'production' || intent.kind === 'trial') return null;
  if (intent.kind === 'server') return target.connection;
  return target.database ?? target.connection;
}
