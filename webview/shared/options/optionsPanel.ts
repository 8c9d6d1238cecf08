import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import '../elements/pgSection';
import { formatNumber } from '../format';
import { button } from '../ui/button';
import { checkbox } from '../ui/checkbox';
import { focusControl } from '../ui/field';
import { textField } from '../ui/textField';
import {
  COMMON_GROUPS,
  groupItems,
  groupLabel,
  type OptionGroup,
  type OptionItem,
  searchItems,
} from './optionItem';

/** State of the advanced part: open groups and search. */
export interface OptionsPanelState {
  query: string;
  changedOnly: boolean;
  /** Groups that the user opened or closed. */
  toggled: ReadonlySet<string>;
}

export const CLOSED_OPTIONS: OptionsPanelState = {
  query: '',
  changedOnly: false,
  toggled: new Set(),
};

const NEAREST: ScrollIntoViewOptions = { block: 'nearest' };

export interface OptionsPanelProps {
  items: readonly OptionItem[];
  open: boolean;
  onToggle: (open: boolean) => void;
  state: OptionsPanelState;
  onState: (state: OptionsPanelState) => void;
  /** Text below the options that says why some are missing. */
  hint?: string | typeof nothing;
  /** The last field; the search does not hide it. */
  after?: TemplateResult;
}

/** Opens the group of a control before it gets the focus, whatever the search. */
export function revealOption(
  state: OptionsPanelState,
  items: readonly OptionItem[],
  id: string,
): OptionsPanelState {
  const item = items.find((each) => each.id === id);
  if (!item) return state;
  const toggled = new Set(state.toggled);
  if (!isOpen(state, item.group)) toggle(toggled, item.group);
  return { query: '', changedOnly: false, toggled };
}

/** The options that most runs leave at their defaults, in groups, with a search. */
export function optionsPanel(props: OptionsPanelProps): TemplateResult {
  const { items, open, state } = props;
  const changed = items.filter((item) => item.changed).length;
  return html`<pg-section
    class="options"
    heading=${l10n.t('Advanced')}
    note=${open ? '' : countText(items.length, changed)}
    ?open=${open}
    .onToggle=${props.onToggle}
  >
    ${searchBox(props)} ${open ? body(props, changed, state) : nothing}
  </pg-section>`;
}

function searchBox({ state, onState, open, onToggle }: OptionsPanelProps): TemplateResult {
  return html`<div slot="beside" class="options-search" role="search">
    ${textField({
      id: 'option-search',
      label: l10n.t('Search options'),
      placeholder: l10n.t('Search options'),
      icon: 'search',
      value: state.query,
      onInput: (query) => {
        if (!open && query !== '') onToggle(true);
        onState({ ...state, query });
        // The results are below the search box, which may be at the lower edge of the page.
        setTimeout(() => document.querySelector('pg-section.options')?.scrollIntoView(NEAREST));
      },
      onKeydown: (event) => {
        if (event.key === 'Escape' && state.query !== '') onState({ ...state, query: '' });
        else if (event.key === 'Enter' || event.key === 'ArrowDown') focusFirst();
        else return;
        event.preventDefault();
        event.stopPropagation();
      },
    })}
  </div>`;
}

/** Moves the focus from the search box to the first result. */
function focusFirst(): void {
  const first = document.querySelector<HTMLElement>('.options-list [data-field]');
  const name = first?.dataset['field'];
  if (name !== undefined) focusControl(name, 'nearest');
}

function body(props: OptionsPanelProps, changed: number, state: OptionsPanelState): TemplateResult {
  const { items, onState } = props;
  const within = state.changedOnly ? items.filter((item) => item.changed) : items;
  const found = searchItems(within, state.query);
  const searching = state.query.trim() !== '';
  return html`<div class="options-bar">
      ${checkbox({
        id: 'options-changed',
        label: l10n.t('Only what was changed ({0})', changed),
        checked: state.changedOnly,
        disabled: changed === 0 && !state.changedOnly,
        onChange: (changedOnly) => onState({ ...state, changedOnly }),
      })}
      <span class="dim" role="status"
        >${
          searching || state.changedOnly
            ? l10n.t('{0} of {1} options', formatNumber(found.length), formatNumber(items.length))
            : countText(items.length, 0)
        }</span
      >
    </div>
    <div class="options-list">
      ${
        found.length === 0
          ? nothingFound(props, within.length === 0)
          : repeat(
              groupItems(found),
              ({ group }) => group,
              (group) => groupView(group, props, searching || state.changedOnly),
            )
      }
    </div>
    ${props.hint ? html`<p class="dim">${props.hint}</p>` : nothing}
    <div class="options-after">${props.after ?? nothing}</div>`;
}

function nothingFound({ state, onState }: OptionsPanelProps, none: boolean): TemplateResult {
  return html`<div class="objects-empty">
    <span
      >${
        none
          ? l10n.t('Every option is at its default.')
          : l10n.t('No option has “{0}” in its name or its description.', state.query)
      }</span
    >
    ${button({
      label: l10n.t('Show All'),
      onClick: () => onState({ ...state, query: '', changedOnly: false }),
    })}
  </div>`;
}

function groupView(
  { group, items, changed }: OptionGroup,
  { state, onState }: OptionsPanelProps,
  all: boolean,
): TemplateResult {
  const open = all || isOpen(state, group);
  return html`<pg-section
    level="3"
    heading=${groupLabel(group)}
    note=${countText(items.length, changed)}
    ?open=${open}
    .onToggle=${(next: boolean) => {
      // A search opens the groups with results. Clearing it restores their earlier state.
      if (all || next === isOpen(state, group)) return;
      const toggled = new Set(state.toggled);
      toggle(toggled, group);
      onState({ ...state, toggled });
    }}
  >
    ${
      open
        ? html`<div class="options-group">
            ${repeat(
              items,
              ({ id }) => id,
              (item) => item.draw(),
            )}
          </div>`
        : nothing
    }
  </pg-section>`;
}

function isOpen({ toggled }: OptionsPanelState, group: string): boolean {
  return COMMON_GROUPS.has(group) !== toggled.has(group);
}

function toggle(set: Set<string>, value: string): void {
  if (!set.delete(value)) set.add(value);
}

function countText(count: number, changed: number): string {
  const options = count === 1 ? l10n.t('1 option') : l10n.t('{0} options', count);
  return changed === 0 ? options : l10n.t('{0}, {1} changed', options, changed);
}
