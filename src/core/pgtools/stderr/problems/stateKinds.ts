import type { ErrorProblemKind } from '../../../model/findings/errorProblems';

/**
 * What an error with this SQLSTATE can be, first what it is where its text does not tell (appendix A
 * of PostgreSQL's manual). A code that is not listed, as 55006 (a database with sessions, a table with
 * pending trigger events), stands for causes that only the text tells apart.
 */
const KINDS_OF_STATE: Readonly<Record<string, readonly ErrorProblemKind[]>> = {
  '08000': ['connectionLost', 'pooler'],
  '08001': ['connectionLost', 'pooler'],
  '08003': ['connectionLost', 'pooler'],
  '08004': ['connectionLost', 'pooler', 'connections'],
  '08006': ['connectionLost', 'pooler'],
  '22021': ['encoding'],
  '22P05': ['encoding'],
  '23503': ['foreignKey'],
  '23505': ['duplicateKey', 'duplicateRows'],
  '23514': ['check'],
  '25006': ['readOnly'],
  '25P03': ['ended'],
  '25P04': ['ended'],
  '2BP01': ['dependents'],
  '3F000': ['schemaMissing'],
  '40P01': ['lockTimeout'],
  '42501': [
    'permission',
    ...(['notOwner', 'extensionRefused', 'extensionOwner', 'rowSecurity'] as const),
  ],
  '42601': ['newerSyntax', 'generatedColumn'],
  '428C9': ['generatedColumn'],
  '42703': ['missing'],
  '42704': [
    'missing',
    ...(['roleMissing', 'tablespaceMissing', 'schemaMissing', 'extensionNeeded'] as const),
    ...(['unknownSetting', 'newerSyntax', 'searchPath'] as const),
  ],
  '42883': ['missing', 'searchPath'],
  '42P01': ['missing', 'searchPath'],
  '42701': ['exists'],
  '42710': ['exists'],
  '42723': ['exists'],
  '42P04': ['exists'],
  '42P06': ['exists'],
  '42P07': ['exists'],
  '53100': ['diskFull'],
  '53200': ['memory', 'locks'],
  '53300': ['connections', 'pooler'],
  '55P03': ['lockTimeout'],
  '57P01': ['ended', 'standbyConflict', 'pooler'],
  '57P02': ['ended'],
  '57P05': ['ended'],
  XX001: ['damaged'],
  XX002: ['damaged'],
};

/** Errors that functions raise: they may say anything. Those of hosters raise refusals, too. */
const RAISED: readonly ErrorProblemKind[] = ['pooler', 'extensionRefused'];

/**
 * What an error is by its SQLSTATE and by its text, where both are known: the code decides between
 * what the text may only look like.
 *
 * @param told by the text; null = no rule knows it
 */
export function kindByState(
  sqlState: string | undefined,
  told: ErrorProblemKind | null,
): ErrorProblemKind | null {
  if (sqlState === undefined) return told;
  const kinds = sqlState.startsWith('P0') ? RAISED : KINDS_OF_STATE[sqlState];
  if (kinds === undefined || (told !== null && kinds.includes(told))) return told;
  return kinds === RAISED ? null : (kinds[0] ?? null);
}
