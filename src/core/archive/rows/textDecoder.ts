import { encodingLabel } from '../bytes/encoding';

/** Turns bytes of a dump into text, piece by piece, and text into bytes of an export. */
export interface PieceDecoder {
  push(piece: Buffer): string;
  finish(): string;
  /** Decoded text as UTF-8; with an unknown encoding, the original bytes. */
  encode(text: string): Buffer;
  /** Bytes are exported unchanged: they are UTF-8, or of unknown encoding. */
  readonly sameBytes: boolean;
}

/** A decoder for one of PostgreSQL's client encodings that keeps characters whole over pieces. */
export function textDecoder(encoding: string | null): PieceDecoder {
  const label = encodingLabel(encoding);
  if (label !== null) {
    try {
      // A byte order mark is data here.
      const decoder = new TextDecoder(label, { ignoreBOM: true });
      return {
        push: (piece) => decoder.decode(piece, { stream: true }),
        finish: () => decoder.decode(),
        encode: (text) => Buffer.from(text, 'utf8'),
        sameBytes: label === 'utf-8',
      };
    } catch {
      // This Node was built without that converter.
    }
  }
  const known = encoding?.toUpperCase() === 'LATIN1';
  return {
    push: (piece) => piece.toString('latin1'),
    finish: () => '',
    encode: (text) => Buffer.from(text, known ? 'utf8' : 'latin1'),
    sameBytes: !known,
  };
}
