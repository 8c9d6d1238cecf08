import type { EntryStore } from './entryStore';
import { inTimeSlices } from './timeSlices';

/** Result of a search. */
export interface SearchResult {
  query: string;
  /** In the dump's order. */
  ids: Int32Array;
  /** 1 = fits itself. */
  fits: Uint8Array;
}

/**
 * Search as you type over any number of entries, in time slices so that typing is never delayed.
 */
export class EntrySearch {
  /** `schema.name type`, in lower case; made as far as it was needed. */
  private readonly texts: string[] = [];
  private last: SearchResult | null = null;

  constructor(private readonly store: EntryStore) {}

  /** Entries whose name, schema or type has every word; null when `signal` was aborted. */
  async find(query: string, signal: AbortSignal): Promise<SearchResult | null> {
    const { store } = this;
    const words = wordsOf(query);
    // A longer query leaves a part of what the shorter one left.
    const { last } = this;
    const narrower =
      last?.fits.length === store.count && last.query !== '' && query.startsWith(last.query);
    const candidates = narrower ? last.ids : null;
    const found: number[] = [];
    const fits = new Uint8Array(store.count);
    const look = (index: number): void => {
      const id = candidates === null ? index : (candidates[index] ?? 0);
      const text = this.textOf(id);
      for (const word of words) if (!text.includes(word)) return;
      found.push(id);
      fits[id] = 1;
    };
    const count = candidates?.length ?? store.count;
    if (!(await inTimeSlices(count, look, signal))) return null;
    this.last = { query, ids: Int32Array.from(found), fits };
    return this.last;
  }

  private textOf(id: number): string {
    return (this.texts[id] ??= `${this.store.fullName(id)} ${this.store.desc(id)}`.toLowerCase());
  }
}

export function wordsOf(query: string): string[] {
  return query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}
