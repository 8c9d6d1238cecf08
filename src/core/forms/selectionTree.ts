import type { DatabaseCatalog, RelationKind } from '../catalog/types';
import type { BackupOptions, TableRef } from './options';

export type TickState = 'checked' | 'unchecked' | 'mixed';

/** A node of the object tree: a schema, or a relation below its schema or its partitioned parent. */
export type SelectionNode =
  | {
      type: 'schema';
      id: string;
      schema: string;
      children: SelectionNode[];
      relations: number;
      bytes: number;
    }
  | {
      type: 'relation';
      id: string;
      ref: TableRef;
      kind: RelationKind;
      /** Bytes with its partitions. */
      bytes: number;
      rows: number | null;
      /** Partitions. */
      children: SelectionNode[];
    };

/** The tree of one catalog. Built once, shared by all its selections. */
export interface SelectionTree {
  catalog: DatabaseCatalog;
  schemas: SelectionNode[];
  byId: ReadonlyMap<string, SelectionNode>;
}
