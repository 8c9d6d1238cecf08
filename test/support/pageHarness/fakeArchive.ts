/** A made-up dump of any number of entries behind the archive page. */
import type {
  DocumentColumns,
  DocumentHeader,
} from '../../../src/core/archive/documents/documentJson';
import type { ArchiveInit, ArchiveRequests, ArchiveState } from '../../../src/protocol/archiveApi';
import type { Handlers } from '../../../src/protocol/rpc';
import { info } from './sampleData';

/** What belongs to each table, in the order of an archive. */
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

function columns(from: number, count: number): DocumentColumns {
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
    const name = `tbl_${table}`;
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

/** The host of the archive page: `count` entries, everything else as good as nothing. */
export function archiveHandlers(count: number): Handlers<ArchiveRequests> {
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
    damage: null,
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
  const entry = (id: number): DocumentColumns => columns(id, id + 1);
  const nothing = (): void => undefined;
  return {
    ready: () => init,
    'entries/next': ({ from }) =>
      from >= count
        ? { columns: null, restart: false }
        : { columns: columns(from, count), restart: from === 0 },
    'entries/sizes': () => ({ sizes: null }),
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
        ddlCut: false,
        dependencies: [],
        dependents: [],
        dependentCount: 0,
        privileges: '',
        comment: '',
        dataId: null,
        dataBytes: null,
      };
    },
    'entry/rows': () => ({ columns: [], rows: [], more: false, cut: false }),
    'entry/export': nothing,
    'ddl/open': nothing,
    'restore/open': nothing,
    'selection/relatives': () => ({ needs: none(), parts: none() }),
    'selection/filter': ({ ids }) => ({ ids }),
    'clipboard/copy': nothing,
    'compare/start': () => null,
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
