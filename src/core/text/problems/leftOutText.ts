import * as l10n from '@vscode/l10n';
import { typeCounted } from '../../model/entryTypes';
import type { LeftOutKind } from '../../model/scriptEdits';

const KIND = 'kind:';

/** The number of entries of a type, or of statements of a kind, in words. */
export function leftOutText(what: string, count: number): string {
  const figure = count.toLocaleString();
  if (!what.startsWith(KIND)) return `${figure} ${typeCounted(what, count)}`;
  const words: Readonly<Record<LeftOutKind, string>> = {
    definitions: l10n.t('{0} statements of definitions', figure),
    rows: l10n.t('{0} statements that load rows', figure),
    owners: l10n.t('{0} statements about owners', figure),
    privileges: l10n.t('{0} statements about privileges', figure),
    comments: l10n.t('{0} comments', figure),
    publications: l10n.t('{0} statements about publications', figure),
    subscriptions: l10n.t('{0} statements about subscriptions', figure),
    securityLabels: l10n.t('{0} security labels', figure),
  };
  return words[what.slice(KIND.length) as LeftOutKind];
}
