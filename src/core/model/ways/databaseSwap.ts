/**
 * - `restoring`: the restored database is being made, or was left unfinished.
 * - `ready`: it is whole, and the old one is in its place.
 * - `swapping`: both are about to change names; only the server knows whether they have.
 * - `swapped`: the restored one is in its place, the old one is kept aside.
 * - `dropped`: one of the two is gone.
 */
export type SwapState = 'restoring' | 'ready' | 'swapping' | 'swapped' | 'dropped';

/** A database and the one that was restored beside it to take its name. Plain JSON. */
export interface DatabaseSwap {
  /** The name that both want. */
  database: string;
  /** Name of the restored one while the old one has its own. */
  copy: string;
  /** Name of the old one while the restored one has its name. */
  aside: string;
  /** `pg_database.oid`, which identifies the databases under any name. */
  oldOid: number;
  /** 0 = it was not there yet when the record was written. */
  newOid: number;
  state: SwapState;
}

/** Actions on the restored database and the one it is exchanged with. */
export type SwapAction = 'swapIn' | 'swapBack' | 'dropCopy';

/**
 * What can be done in each state. After a restore that was lost in state `swapping`, either name
 * may be given to either database.
 */
export const SWAP_ACTIONS: Readonly<Record<SwapState, readonly SwapAction[]>> = {
  restoring: ['dropCopy'],
  ready: ['swapIn', 'dropCopy'],
  swapping: ['swapIn', 'swapBack'],
  swapped: ['swapBack', 'dropCopy'],
  dropped: [],
};
