import * as l10n from '@vscode/l10n';
import type { Reach, ReachKind } from '../model/archive';
import { onOneLine } from './lockText';

/** How many statements of a kind are named. */
const NAMED = 4;
/** From the most serious down. */
const ORDER: readonly ReachKind[] = [
  'programs',
  'files',
  'otherServers',
  'server',
  'databases',
  'roles',
  'tablespaces',
  'subscriptions',
  'unjudged',
];

/** Sentences about statements of a backup that affect more than one database, one for each kind. */
export function reachLines(reach: readonly Reach[]): string[] {
  return ORDER.flatMap((kind) => {
    const found = reach.filter((each) => each.kind === kind);
    return found.length === 0 ? [] : [kindText(kind, listed(found))];
  });
}

/** One statement and its place: `DROP ROLE (2, first in line 7)`. */
export function reachText({ statement, count, line, object }: Omit<Reach, 'kind'>): string {
  const where = line === null ? object : l10n.t('line {0}', line);
  const name = onOneLine(statement);
  if (count === 1) return where === null ? name : `${name} (${onOneLine(where)})`;
  return where === null
    ? `${name} (${count})`
    : l10n.t('{0} ({1}, first in {2})', name, count, onOneLine(where));
}

function listed(found: readonly Reach[]): string {
  const named = found.slice(0, NAMED).map(reachText).join(', ');
  const more = found.length - NAMED;
  return more > 0 ? l10n.t('{0} and {1} more', named, more) : named;
}

function kindText(kind: ReachKind, statements: string): string {
  switch (kind) {
    case 'programs':
      return l10n.t('Runs programs or unconfined code on the server: {0}.', statements);
    case 'files':
      return l10n.t('Reads or writes files of the server: {0}.', statements);
    case 'otherServers':
      return l10n.t('Connects the server to others: {0}.', statements);
    case 'server':
      return l10n.t('Changes the server itself: {0}.', statements);
    case 'databases':
      return l10n.t('Makes, changes or drops databases: {0}.', statements);
    case 'roles':
      return l10n.t('Makes, changes or drops roles: {0}.', statements);
    case 'tablespaces':
      return l10n.t('Makes, changes or drops tablespaces: {0}.', statements);
    case 'subscriptions':
      return l10n.t('Makes, changes or drops subscriptions: {0}.', statements);
    case 'unjudged':
      return l10n.t('The effect of these cannot be determined by reading them: {0}.', statements);
  }
}
