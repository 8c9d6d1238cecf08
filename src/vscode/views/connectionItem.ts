import * as l10n from '@vscode/l10n';
import type { ConnectionSummary } from '../../protocol/types';
import { joinWithDots, RESULT_COLORS, joinForScreenReader, type ViewItem } from './viewItem';

/** Place of an entry, in words: `user settings`. */
export interface Standing {
  /** Position in its list. */
  index: number;
  place: string;
  /** Are all entries in the same place? Then the row does not mention it. */
  only: boolean;
  /** Places of entries with the same id that this one hides. */
  hides: readonly string[];
}

/** The row of a connection. Its context has `writable` when restores are allowed. */
export function connectionItem(connection: ConnectionSummary, standing: Standing): ViewItem {
  const { id, label, target, environment, readOnly } = connection;
  const marks = [environmentText(environment), readOnly ? l10n.t('read-only') : ''];
  const facts = [...marks, hidesText(standing), target, placeText(standing)];
  return {
    id: `connection:${id}`,
    label,
    description: joinWithDots(...facts),
    tooltip: [
      label,
      target,
      ...marks.filter((mark) => mark !== ''),
      l10n.t('From the {0}', standing.place),
      ...hidesTexts(id, standing),
    ],
    icon:
      environment === 'production'
        ? { id: 'database', color: RESULT_COLORS.bad }
        : { id: 'database' },
    contextValue: readOnly ? 'connection' : 'connection writable',
    screenReaderText: joinForScreenReader(label, ...facts),
    children: true,
  };
}

/** An entry of the settings that cannot be used. */
export function brokenConnectionItem(id: string, problem: string, standing: Standing): ViewItem {
  const label = id === '' ? l10n.t('Unusable entry') : id;
  const facts = [hidesText(standing), problem, placeText(standing)];
  return {
    id: `broken:${standing.place}:${standing.index}:${problem}`,
    label,
    description: joinWithDots(...facts),
    tooltip: [label, problem, l10n.t('From the {0}', standing.place), ...hidesTexts(id, standing)],
    icon: { id: 'error', color: RESULT_COLORS.bad },
    contextValue: 'broken',
    screenReaderText: joinForScreenReader(label, l10n.t('cannot be used'), ...facts),
    children: false,
  };
}

function placeText({ place, only }: Standing): string {
  return only ? '' : place;
}

/** Comes first, because a narrow view cuts off the end. */
function hidesText({ hides }: Standing): string {
  return hides.length > 0 ? l10n.t('hides another') : '';
}

function hidesTexts(id: string, { hides }: Standing): string[] {
  return hides.map((place) => l10n.t('Hides "{0}" of the {1}', id, place));
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
