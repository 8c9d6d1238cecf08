/** A made-up dump of any number of entries behind the archive page. */
import type {
  DocumentColumns,
  DocumentHeader,
} from '../../../src/core/archive/document/documentJson';
import type {
  ArchiveInit,
  ArchiveRequests,
  ArchiveState,
  Comparison,
} from '../../../src/protocol/archiveApi';
import type { Handlers } from '../../../src/protocol/rpc';
import { info } from './sampleData';

/** Entries that belong to each table, in the order of an archive. */
const perTable = [
  'TABLE',
  'SEQUENCE',
  'DEFAULT',
  'TABLE DATA',
  'CONSTRAINT',
  'COMMENT',
  'ACL',
  'INDEX',
];
const types = [...perTable];
const schemas = Array.from({ length: 10 }, (_, i) => `s${i}`);
const strings = [...types, ...schemas, 'postgres'];
const pieceSize = 4096;
/** A name that is too long for a narrow page. */
const long = 'a_name_of_sixty_three_bytes_without_any_space_where_it_could_break';

function columns(from: number, count: number, awkward = false): DocumentColumns {
  const piece: DocumentColumns = {
    from,
    count: Math.min(pieceSize, count - from),
    strings: from === 0 ? strings : [],
    stringsFrom: from === 0 ? 0 : strings.length,
    tag: [],
    desc: [],
    schema: [],
    owner: [],
    section: [],
    dataBytes: [],
    parent: [],
    last: from + pieceSize >= count,
  };
  for (let id = from; id < from + piece.count; id++) {
    const part = id % perTable.length;
    const table = Math.floor(id / perTable.length);
    const name = awkward ? `${long}_${table}` : `tbl_${table}`;
    const tags = [name, `${name}_id_seq`, `${name} id`, name, `${name} ${name}_pkey`];
    piece.tag.push(tags[part] ?? (part === 5 || part === 6 ? `TABLE ${name}` : `${name}_at_idx`));
    piece.desc.push(part);
    piece.schema.push(types.length + (table % schemas.length));
    piece.owner.push(strings.length - 1);
    piece.section.push(1);
    piece.dataBytes.push(part === 3 ? (table * 7919) % 1_000_000 : -2);
    piece.parent.push(part === 0 ? -1 : id - part);
  }
  return piece;
}

function none(): { ids: number[]; byType: { desc: string; count: number }[] } {
  return { ids: [], byType: [] };
}

const comparison: Comparison = {
  id: 1,
  other: `Shop production, ${long}`,
  options: { owners: true, privileges: true },
  changes: [
    { kind: 'changed', desc: 'TABLE', schema: 's0', name: long },
    { kind: 'added', desc: 'INDEX', schema: 's0', name: `${long}_idx` },
    { kind: 'removed', desc: 'EXTENSION', schema: null, name: 'postgis' },
  ],
  same: 1234,
};

/**
 * The host of the archive page, with `count` entries and hardly anything else. `awkward`: all names
 * and values are long, the dump is damaged, and its entries have many dependencies.
 */
export function archiveHandlers(count: number, awkward = false): Handlers<ArchiveRequests> {
  const header: DocumentHeader = {
    path: info.path,
    format: 'custom',
    compression: 'zstd',
    compressionLevel: null,
    archiveVersion: '1.16',
    newerVersion: false,
    created: '2026-11-22T13:40:00',
    database: 'shop',
    serverVersion: '17.6',
    pgDumpVersion: '17.6',
    cluster: false,
    byPgDump: true,
    tocCount: count,
  };
  const state: ArchiveState = {
    generation: 1,
    phase: 'ready',
    header,
    progress: null,
    count,
    finished: true,
    damage: awkward ? { offset: 123_456_789, reading: `name of entry ${count}` } : null,
    info,
    databases: [],
    statements: [],
    problem: null,
    foreign: false,
  };
  const init: ArchiveInit = {
    strings: null,
    path: info.path,
    state,
    trusted: true,
    comparison: null,
  };
  const entry = (id: number): DocumentColumns => columns(id, id + 1, awkward);
  const nothing = (): void => undefined;
  return {
    ready: () => init,
    'entries/next': ({ from }) =>
      from >= count
        ? { columns: null, restart: false }
        : { columns: columns(from, count, awkward), restart: from === 0 },
    'entries/sizes': () => ({ sizes: null, cut: [] }),
    'entry/details': ({ id }) => {
      const piece = entry(id);
      return {
        entry: {
          id,
          dumpId: id + 1,
          desc: types[piece.desc[0] ?? 0] ?? '',
          schema: 's0',
          tag: piece.tag[0] ?? '',
          owner: 'postgres',
          section: 'preData',
          tablespace: null,
          database: -1,
          hasData: false,
          dataBytes: null,
          parentId: null,
        },
        ddl: 'CREATE TABLE s0.tbl_0 (\n    id bigint NOT NULL\n);',
        ddlCut: awkward,
        dependencies: awkward ? [0, 8, 16] : [],
        dependents: awkward ? Array.from({ length: 20 }, (_, i) => 8 * i) : [],
        dependentCount: awkward ? 1234 : 0,
        privileges: awkward ? `GRANT SELECT ON TABLE s0.${long} TO ${long};` : '',
        comment: awkward ? `${long} ${long}` : '',
        dataId: awkward ? id : null,
        dataBytes: awkward ? 123_456_789 : null,
      };
    },
    'entry/rows': () => ({
      columns: Array.from({ length: 12 }, (_, i) => `${long}_${i}`),
      rows: [Array.from({ length: 12 }, () => `${long} ${long}`)],
      more: true,
      cut: true,
    }),
    'entry/export': nothing,
    'ddl/open': nothing,
    'restore/open': nothing,
    'selection/relatives': () =>
      awkward
        ? {
            needs: { ids: [0], byType: [{ desc: 'SCHEMA', count: 1 }] },
            parts: {
              ids: [2, 3, 4],
              byType: types.map((desc, i) => ({ desc, count: i * 1000 + 1 })),
            },
          }
        : { needs: none(), parts: none() },
    'selection/filter': ({ ids }) => ({ ids }),
    'clipboard/copy': nothing,
    'compare/start': () => (awkward ? comparison : null),
    'compare/again': () => null,
    'compare/openChange': nothing,
    'compare/openWhole': nothing,
    'compare/openAll': nothing,
    'compare/close': nothing,
    'read/cancel': nothing,
    'read/again': nothing,
    'text/open': nothing,
    'problem/action': nothing,
  };
}
