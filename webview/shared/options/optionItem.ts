import * as l10n from '@vscode/l10n';
import type { TemplateResult } from 'lit';

/** One option of the advanced part: what is searched, and how it is drawn. */
export interface OptionItem {
  /** The id of its control. */
  id: string;
  /** `--lock-wait-timeout`; '' = none. */
  flag: string;
  label: string;
  help: string;
  group: string;
  /** Does it differ from its default? */
  changed: boolean;
  draw: () => TemplateResult;
}

/** Groups in the order of the page; unknown groups come before the last one. */
const GROUP_ORDER = [
  'lost',
  'performance',
  'behaviour',
  'output',
  'content',
  'selection',
  'ownership',
  'data',
  'inserts',
  'script',
  'display',
  'upgrade',
  'other',
];

/** Groups that are open at first: most users look for these. */
export const COMMON_GROUPS: ReadonlySet<string> = new Set(['lost', 'performance', 'behaviour']);

export function groupLabel(group: string): string {
  switch (group) {
    case 'lost':
      return l10n.t('Set, but not in this version');
    case 'performance':
      return l10n.t('Performance');
    case 'behaviour':
      return l10n.t('Behaviour');
    case 'output':
      return l10n.t('Output');
    case 'content':
      return l10n.t('Content in detail');
    case 'selection':
      return l10n.t('Selection by name');
    case 'ownership':
      return l10n.t('Owners, privileges and storage');
    case 'data':
      return l10n.t('How data is written');
    case 'inserts':
      return l10n.t('INSERT commands');
    case 'script':
      return l10n.t('Script');
    case 'display':
      return l10n.t('Display');
    case 'upgrade':
      return l10n.t('Upgrade');
    case 'other':
      return l10n.t('Other options of this version');
    default:
      return group;
  }
}

export interface OptionGroup {
  group: string;
  items: OptionItem[];
  changed: number;
}

/** Items by group, groups in the order of the page. */
export function groupItems(items: readonly OptionItem[]): OptionGroup[] {
  const groups = new Map<string, OptionGroup>();
  for (const item of items) {
    const group = groups.get(item.group) ?? { group: item.group, items: [], changed: 0 };
    group.items.push(item);
    if (item.changed) group.changed++;
    groups.set(item.group, group);
  }
  const rank = ({ group }: OptionGroup): number => {
    const index = GROUP_ORDER.indexOf(group);
    return index < 0 ? GROUP_ORDER.length - 1.5 : index;
  };
  return [...groups.values()].sort((a, b) => rank(a) - rank(b));
}

/**
 * Every word must be found in the label, the flag or the help; what stands in the label or the flag
 * counts before what only the help mentions, inside of each group.
 */
export function searchItems(items: readonly OptionItem[], query: string): OptionItem[] {
  const words = searchWords(query);
  if (words.length === 0) return [...items];
  const named: OptionItem[] = [];
  const mentioned: OptionItem[] = [];
  for (const item of items) {
    const name = `${item.label} ${item.flag}`.toLocaleLowerCase();
    const text = `${name} ${item.help.toLocaleLowerCase()}`;
    if (!words.every((word) => text.includes(word))) continue;
    (words.every((word) => name.includes(word)) ? named : mentioned).push(item);
  }
  return [...named, ...mentioned];
}

function searchWords(query: string): string[] {
  return query
    .toLocaleLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}
