/** Columns of the list. */
export type SortKey = 'name' | 'type' | 'schema' | 'owner' | 'size';

export interface Sorting {
  key: SortKey;
  descending: boolean;
}
