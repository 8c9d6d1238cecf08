import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repoPaths } from '../repoPaths';

/** What stands between these in CONTRIBUTING.md is written by `npm run graph -- --write`. */
export const GRAPH_BEGIN = '<!-- import graph: made by npm run graph -->';
export const GRAPH_END = '<!-- end of the import graph -->';

/** Each node with the nodes it imports. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Imports of types count as well: a file that uses a type depends on the room of the type. */
const IMPORTS =
  /\bfrom\s+'(\.{1,2}\/[^']+)'|\bimport\s*\(\s*'(\.{1,2}\/[^']+)'|^import '(\.[^']+)'/gm;

function sourceFiles(): string[] {
  return ['src', 'webview'].flatMap((dir) =>
    readdirSync(path.join(repoPaths.root, dir), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => path.relative(repoPaths.root, path.join(entry.parentPath, entry.name)))
      .map((file) => file.split(path.sep).join('/'))
      .sort(),
  );
}

/** The source files and the ones that each imports, by their paths from the root. */
export function readFileGraph(): Graph {
  const files = new Set(sourceFiles());
  const graph = new Map<string, Set<string>>();
  for (const file of files) {
    const text = readFileSync(path.join(repoPaths.root, file), 'utf8');
    const imported = new Set<string>();
    for (const match of text.matchAll(IMPORTS)) {
      const named = path.posix.join(
        path.posix.dirname(file),
        match[1] ?? match[2] ?? match[3] ?? '',
      );
      const target = [named, `${named}.ts`].find((candidate) => files.has(candidate));
      if (target !== undefined) imported.add(target);
    }
    graph.set(file, imported);
  }
  return graph;
}

/**
 * The room of a file: a folder of core (or a file that lies loose there), `protocol`, `vscode`, a
 * folder of webview. With `depth` 2 the folders inside them.
 */
export function roomOf(file: string, depth = 1): string {
  const [top, ...rest] = file.split('/');
  const parts = top === 'src' ? rest : [top ?? '', ...rest];
  const named = parts[0] === 'core' || parts[0] === 'webview' ? depth + 1 : depth;
  return parts.slice(0, Math.max(1, Math.min(named, parts.length - 1))).join('/');
}

/** The same arrows between groups of nodes; those inside a group are left out. */
export function groupGraph(graph: Graph, groupOf: (node: string) => string): Graph {
  const groups = new Map<string, Set<string>>();
  for (const [node, targets] of graph) {
    const from = groupOf(node);
    const arrows = groups.get(from) ?? new Set();
    groups.set(from, arrows);
    for (const target of targets) if (groupOf(target) !== from) arrows.add(groupOf(target));
  }
  return groups;
}

/** A way from a node back to itself, for each circle that is found; none in a graph that is right. */
export function findCircles(graph: Graph): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const visit = (node: string, way: string[]): void => {
    const begin = way.indexOf(node);
    if (begin >= 0) circles.push([...way.slice(begin), node]);
    if (begin >= 0 || done.has(node)) return;
    for (const target of graph.get(node) ?? []) visit(target, [...way, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return circles;
}

/** The floor of each node: 0 imports nothing, all others stand one above the highest they import. */
function floors(graph: Graph): Map<string, number> {
  const known = new Map<string, number>();
  const floorOf = (node: string): number => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const floor = Math.max(-1, ...[...(graph.get(node) ?? [])].map(floorOf)) + 1;
    known.set(node, floor);
    return floor;
  };
  for (const node of graph.keys()) floorOf(node);
  return known;
}

/**
 * The rooms, the highest floor on top, each with the rooms that it imports.
 *
 * @throws Error when rooms import each other in a circle
 */
export function drawRooms(graph: Graph): string {
  const rooms = groupGraph(graph, roomOf);
  const [circle] = findCircles(rooms);
  if (circle !== undefined) throw new Error(`Rooms in a circle: ${circle.join(' -> ')}`);
  const floorOf = floors(rooms);
  const rows = [...rooms.keys()].sort(
    (a, b) => (floorOf.get(b) ?? 0) - (floorOf.get(a) ?? 0) || a.localeCompare(b, 'en'),
  );
  const width = Math.max(...rows.map((room) => room.length));
  return rows
    .map((room) => {
      const arrows = [...(rooms.get(room) ?? [])].sort((a, b) => a.localeCompare(b, 'en'));
      return `${floorOf.get(room) ?? 0}  ${room.padEnd(width)}  ${arrows.join(' ')}`.trimEnd();
    })
    .join('\n');
}
