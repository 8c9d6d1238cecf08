/** The words that statements of PostgreSQL 12 to 19 begin with. */
export const STATEMENT_WORDS: ReadonlySet<string> = new Set(
  `abort alter analyse analyze begin call checkpoint close cluster comment commit copy create
   deallocate declare delete discard do drop end execute explain fetch grant import insert listen load
   lock merge move notify prepare reassign refresh reindex release repack reset revoke rollback
   savepoint security select set show start table truncate unlisten update vacuum values with`.split(
    /\s+/,
  ),
);
