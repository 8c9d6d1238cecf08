import { encodingLabel } from '../bytes/encoding';

/** Decodes a dump's bytes piece by piece, and encodes text for an export. */
export interface PieceDecoder {
  push(piece: Buffer): string;
  finish(): string;
  /** Encodes decoded text as UTF-8; in an unknown encoding, restores the original bytes. */
  encode(text: string): Buffer;
  /** Bytes can be exported unchanged, because they are UTF-8 or their encoding is unknown. */
  readonly sameBytes: boolean;
}

/** A decoder for one of PostgreSQL's client encodings. Characters may be split between pieces. */
export function textDecoder(encoding: string | null): PieceDecoder {
  const label = encodingLabel(encoding);
  if (label !== null) {
    try {
      // A byte order mark is part of the data here.
      const decoder = new TextDecoder(label, { ignoreBOM: true });
      return {
        push: (piece) => decoder.decode(piece, { stream: true }),
        finish: () => decoder.decode(),
        encode: (text) => Buffer.from(text, 'utf8'),
        sameBytes: label === 'utf-8',
      };
    } catch {
      // This build of Node lacks the encoding.
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
