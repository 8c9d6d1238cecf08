/** A piece of a script that is being read. */
export interface ScriptPiece {
  bytes: Buffer;
  /** Offset of the first byte in the script. */
  base: number;
  /** There is no more behind it. */
  last: boolean;
}
