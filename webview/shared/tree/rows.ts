/** A visible row of a tree: a node and its position. */
export interface TreeRow {
  id: string;
  /** From 1. */
  level: number;
  /** From 1, among its visible siblings. */
  position: number;
  setSize: number;
  /** null = has no children. */
  expanded: boolean | null;
}

/** Any tree of nodes with unique ids. */
export interface TreeShape<N> {
  roots: readonly N[];
  id: (node: N) => string;
  children: (node: N) => readonly N[];
  /** Where children are made when they are asked for. */
  hasChildren?: (node: N) => boolean;
}

/** Rows that a filter shows, and rows that it expands for them. */
export interface TreeFilter {
  shown: ReadonlySet<string>;
  opened: ReadonlySet<string>;
  /** Nodes whose own text matches. */
  matches: number;
  /** The topmost matches; all visible rows are these, below or above them. */
  hits: readonly string[];
}

/** The visible rows, top to bottom. */
export function treeRows<N>(
  shape: TreeShape<N>,
  expanded: (id: string) => boolean,
  filter: TreeFilter | null,
): TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (nodes: readonly N[], level: number): void => {
    const shown = filter ? nodes.filter((node) => filter.shown.has(shape.id(node))) : nodes;
    let position = 0;
    for (const node of shown) {
      const id = shape.id(node);
      const inSight = filter
        ? shape.children(node).some((child) => filter.shown.has(shape.id(child)))
        : (shape.hasChildren?.(node) ?? shape.children(node).length > 0);
      const open = inSight ? filter?.opened.has(id) === true || expanded(id) : null;
      rows.push({ id, level, position: ++position, setSize: shown.length, expanded: open });
      if (open === true) visit(shape.children(node), level + 1);
    }
  };
  visit(shape.roots, 1);
  return rows;
}

/**
 * What a query leaves: nodes whose text has every word of it, their ancestors (opened), and what is
 * below them (not opened by it). null = the query is empty.
 */
export function filterTree<N>(
  shape: TreeShape<N>,
  text: (node: N) => string,
  query: string,
): TreeFilter | null {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return null;
  const shown = new Set<string>();
  const opened = new Set<string>();
  const hits: string[] = [];
  let matches = 0;
  const visit = (node: N, below: boolean): boolean => {
    const lower = text(node).toLowerCase();
    const fits = words.every((word) => lower.includes(word));
    if (fits) matches++;
    let inside = false;
    for (const child of shape.children(node)) if (visit(child, below || fits)) inside = true;
    const id = shape.id(node);
    if (fits && !below) hits.push(id);
    if (inside) opened.add(id);
    if (fits || inside || below) shown.add(id);
    return fits || inside;
  };
  for (const root of shape.roots) visit(root, false);
  return { shown, opened, matches, hits };
}

/** Index of the parent's row; -1 for a top row. */
export function parentRow(rows: readonly TreeRow[], index: number): number {
  const level = rows[index]?.level ?? 1;
  for (let i = index - 1; i >= 0; i--) {
    if ((rows[i]?.level ?? 0) < level) return i;
  }
  return -1;
}

/** Index of the next row, from `start` and around, whose label begins with the text; -1 = none. */
export function typeAhead(
  rows: readonly TreeRow[],
  label: (id: string) => string,
  prefix: string,
  start: number,
): number {
  const wanted = prefix.toLowerCase();
  for (let step = 0; step < rows.length; step++) {
    const index = (start + step) % rows.length;
    const row = rows[index];
    if (row && label(row.id).toLowerCase().startsWith(wanted)) return index;
  }
  return -1;
}

/** Visible part of a tree. */
export interface ShownRows {
  rows: TreeRow[];
  /** null = there is no filter. */
  found: TreeFilter | null;
}

/** The rows of a tree that are visible with these expanded nodes and this filter. */
export function shownRows<N>(
  shape: TreeShape<N>,
  text: (node: N) => string,
  filter: string,
  expanded: ReadonlySet<string>,
): ShownRows {
  const found = filterTree(shape, text, filter);
  return { rows: treeRows(shape, (id) => expanded.has(id), found), found };
}
