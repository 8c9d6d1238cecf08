import * as l10n from '@vscode/l10n';
import type { ConnectionSummary } from '../../protocol/types';
import { dotted, resultColors, spoken, type ViewItem } from './viewItem';

/** A connection as its row says it. `context`: `connection`, and `writable` where restores may go. */
export function connectionItem(connection: ConnectionSummary): ViewItem {
  const { id, label, target, environment, readOnly } = connection;
  const marks = [environmentText(environment), readOnly ? l10n.t('read-only') : ''];
  return {
    id: `connection:${id}`,
    label,
    description: dotted(...marks, target),
    tooltip: [label, target, ...marks.filter((mark) => mark !== '')],
    icon:
      environment === 'production'
        ? { id: 'database', color: resultColors.bad }
        : { id: 'database' },
    contextValue: readOnly ? 'connection' : 'connection writable',
    spoken: spoken(label, ...marks, target),
    children: false,
  };
}

/** An entry of the settings that cannot be used. */
export function brokenConnectionItem(id: string, problem: string): ViewItem {
  const label = id === '' ? l10n.t('Unusable entry') : id;
  return {
    id: `broken:${id}:${problem}`,
    label,
    description: problem,
    tooltip: [label, problem],
    icon: { id: 'error', color: resultColors.bad },
    contextValue: 'broken',
    spoken: spoken(label, l10n.t('cannot be used'), problem),
    children: false,
  };
}

function environmentText(environment: ConnectionSummary['environment']): string {
  switch (environment) {
    case 'production':
      return l10n.t('PRODUCTION');
    case 'staging':
      return l10n.t('staging');
    case 'development':
      return l10n.t('development');
    case null:
      return '';
  }
}
