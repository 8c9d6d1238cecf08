/** A piece of a script, as it is read. */
export interface ScriptPiece {
  bytes: Buffer;
  /** Offset of the piece in the script. */
  base: number;
  /** The script ends with this piece. */
  last: boolean;
}
