import type { ArchiveEvents, ArchiveRequests } from '../../../src/protocol/archiveApi';
import type { RpcClient } from '../../../src/protocol/rpc';
import type { PageState } from './pageState';

/** The page, as its controllers use it. */
export interface PageContext {
  readonly state: PageState;
  readonly host: RpcClient<ArchiveRequests, ArchiveEvents>;
  set(patch: Partial<PageState>): void;
  setQuery(query: string): void;
  /** Sends off what may bring another tab to the front. */
  send(request: Promise<void>): void;
  failed(error: unknown): void;
}
