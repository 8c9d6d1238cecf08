import { html, nothing, type TemplateResult } from 'lit';
import { shownLabel, shownName } from '../../../src/core/text/shownText';
import type { TreeRow } from './rows';

export interface TreeRowView {
  label: string;
  /** Absent = the row has no checkbox. */
  check?: 'checked' | 'unchecked' | 'mixed';
  disabled?: boolean;
  /** The row whose details the rest of the page shows. */
  selected?: boolean;
  icon?: string;
  /** Dimmed, after the label. */
  description?: string;
  /** Right-aligned columns. */
  cells?: readonly string[];
  /** A second switch: its icon, its state and its label. */
  switch?: { icon: string; pressed: boolean; label: string };
}

/** Deeper levels are rare (partitions of partitions) and share the last indent. */
const MAX_INDENT = 8;

/** One row. Everything is text content: names come from databases and files. */
export function treeRow(
  elementId: string,
  row: TreeRow,
  view: TreeRowView,
  active: boolean,
): TemplateResult {
  const checked = view.check === 'mixed' ? 'mixed' : String(view.check === 'checked');
  return html`<div
    id=${elementId}
    class="tree-row tree-level-${Math.min(row.level, MAX_INDENT)} ${active ? 'tree-active' : ''} ${view.disabled === true ? 'tree-disabled' : ''} ${view.selected === true ? 'tree-selected' : ''}"
    role="treeitem"
    data-id=${row.id}
    aria-level=${row.level}
    aria-posinset=${row.position}
    aria-setsize=${row.setSize}
    aria-expanded=${row.expanded ?? nothing}
    aria-checked=${view.check === undefined ? nothing : checked}
    aria-disabled=${view.disabled === true ? 'true' : nothing}
    aria-selected=${view.selected === undefined ? (view.check === undefined ? String(active) : nothing) : String(view.selected)}
  >
    <span
      aria-hidden="true"
      class="tree-twistie codicon ${row.expanded === null ? '' : row.expanded ? 'codicon-chevron-down' : 'codicon-chevron-right'}"
    ></span>
    ${
      view.check === undefined
        ? nothing
        : html`<span
            aria-hidden="true"
            class="tree-check tree-check-${view.check} codicon ${checkIcon(view.check)}"
          ></span>`
    }
    ${view.icon ? html`<span aria-hidden="true" class="tree-icon codicon codicon-${view.icon}"></span>` : nothing}
    <span class="tree-label" title=${shownLabel(view.label)}>${shownLabel(view.label)}</span>
    ${
      view.description
        ? html`<span class="tree-description">${shownName(view.description)}</span>`
        : nothing
    }
    <span class="tree-gap"></span>
    ${
      view.switch
        ? html`<span
            aria-hidden="true"
            class="tree-switch codicon codicon-${view.switch.icon} ${view.switch.pressed ? 'tree-switch-on' : ''}"
            title=${view.switch.label}
          ></span>`
        : nothing
    }
    ${view.cells?.map((cell) => html` <span class="tree-cell">${cell}</span>`)}
  </div>`;
}

function checkIcon(check: NonNullable<TreeRowView['check']>): string {
  return { checked: 'codicon-check', mixed: 'codicon-dash', unchecked: '' }[check];
}
