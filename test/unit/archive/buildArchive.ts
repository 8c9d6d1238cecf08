/** Writes archives as pg_dump lays them out, to test what no fixture has. */

export interface BuiltEntry {
  dumpId: number;
  desc: string;
  tag: string;
  schema?: string | null;
  owner?: string;
  section?: 1 | 2 | 3 | 4;
  definition?: string | null;
  dropStatement?: string | null;
  copyStatement?: string | null;
  dependencies?: readonly number[];
  /** Rows: makes the entry one with data. */
  data?: string;
}

export interface BuildOptions {
  minor?: number;
  intSize?: number;
  format?: 'custom' | 'directory';
  encoding?: BufferEncoding;
  /** As written to a pipe. */
  withoutOffsets?: boolean;
  database?: string;
}

export function int(value: number, size = 4): Buffer {
  const bytes = Buffer.alloc(1 + size);
  bytes[0] = value < 0 ? 1 : 0;
  bytes.writeUIntLE(Math.abs(value), 1, Math.min(size, 6));
  return bytes;
}

/** A whole archive (or, for the directory format, its toc.dat). */
export function buildArchive(entries: readonly BuiltEntry[], options: BuildOptions = {}): Buffer {
  const { minor = 16, intSize = 4, format = 'custom', encoding = 'utf8' } = options;
  const number = (value: number): Buffer => int(value, intSize);
  const text = (value: string | null | undefined): Buffer => {
    if (value === null || value === undefined) return number(-1);
    const bytes = Buffer.from(value, encoding);
    return Buffer.concat([number(bytes.length), bytes]);
  };
  const write = (offsets: ReadonlyMap<number, number>): Buffer => {
    const parts: Buffer[] = [
      Buffer.from('PGDMP'),
      Buffer.from([1, minor, 0, intSize, 8, format === 'custom' ? 1 : 3]),
      minor >= 15 ? Buffer.from([0]) : number(0),
      ...[56, 34, 12, 22, 10, 126, 0].map(number),
      text(options.database ?? 'shop'),
      text('17.4'),
      text('17.6'),
      number(entries.length),
    ];
    for (const entry of entries) {
      const withData = entry.data !== undefined;
      parts.push(
        number(entry.dumpId),
        number(withData ? 1 : 0),
        text('0'),
        text('0'),
        text(entry.tag),
        text(entry.desc),
        number(entry.section ?? (withData ? 3 : 2)),
        text(
          entry.definition === undefined ? (withData ? '' : `-- ${entry.tag}\n`) : entry.definition,
        ),
        text(entry.dropStatement ?? ''),
        text(entry.copyStatement),
        text(entry.schema),
        text(''),
        ...(minor >= 14 ? [text('')] : []),
        ...(minor >= 16 ? [number(0)] : []),
        text(entry.owner ?? 'postgres'),
        text('false'),
        Buffer.concat((entry.dependencies ?? []).map((id) => text(String(id)))),
        text(null),
      );
      if (format === 'custom') {
        const offset = Buffer.alloc(8);
        offset.writeBigUInt64LE(BigInt(offsets.get(entry.dumpId) ?? 0));
        const state = !withData ? 3 : options.withoutOffsets === true ? 1 : 2;
        parts.push(Buffer.from([state]), offset);
      } else parts.push(text(withData ? `${entry.dumpId}.dat` : ''));
    }
    return Buffer.concat(parts);
  };
  const toc = write(new Map());
  if (format !== 'custom') return toc;
  const offsets = new Map<number, number>();
  const blocks: Buffer[] = [];
  let at = toc.length;
  for (const { dumpId, data } of entries) {
    if (data === undefined) continue;
    const rows = Buffer.from(data, encoding);
    const block = Buffer.concat([
      Buffer.from([1]),
      number(dumpId),
      ...(rows.length > 0 ? [number(rows.length), rows] : []),
      number(0),
    ]);
    offsets.set(dumpId, at);
    at += block.length;
    blocks.push(block);
  }
  return Buffer.concat([write(offsets), ...blocks]);
}

/** The entry that tells the encoding, which every archive begins with. */
export const encodingEntry = (name: string): BuiltEntry => ({
  dumpId: 9000,
  desc: 'ENCODING',
  tag: 'ENCODING',
  definition: `SET client_encoding = '${name}';\n`,
});
