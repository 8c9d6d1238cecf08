import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipMember {
  name: string | Buffer;
  content: Buffer | string;
  /** As it is, not deflated. */
  stored?: boolean;
  /** Unix's mode with the kind of file, e.g. 0o120777 for a link. */
  mode?: number;
  /** Wrong values that the zip states instead of the true ones. */
  says?: { size?: number; sum?: number; method?: number; flags?: number };
}

/** A zip of these members, in their order. */
export function buildZip(members: readonly ZipMember[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const member of members) {
    const { mode = 0o100600, says = {} } = member;
    const name = Buffer.from(member.name);
    const content = Buffer.from(member.content);
    const stored = member.stored === true;
    const data = stored ? content : deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(says.flags ?? 0, 2);
    common.writeUInt16LE(says.method ?? (stored ? 0 : 8), 4);
    common.writeUInt32LE(says.sum ?? crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(says.size ?? content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(at, 10);
    // Made on a system like Unix.
    const madeBy = Buffer.from([20, 3]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), madeBy, common, tail, name]));
    parts.push(local);
    at += local.length;
  }
  const entries = Buffer.concat(directory);
  return Buffer.concat([...parts, entries, endOfZip(members.length, entries.length, at)]);
}

/** The end of a zip, which tells how many members there are. */
export function endOfZip(count: number, size: number, at: number): Buffer {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return end;
}

/** A zip that says it has so many members, more than the old form of the end can tell. */
export function endOfLargeZip(count: number): Buffer {
  const local = Buffer.from('PK\x03\x04'.padEnd(64, '\0'), 'latin1');
  const end = Buffer.alloc(56);
  end.write('PK\x06\x06', 'latin1');
  end.writeBigUInt64LE(44n, 4);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(0n, 40);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 'latin1');
  locator.writeBigUInt64LE(BigInt(local.length), 8);
  locator.writeUInt32LE(1, 16);
  const old = endOfZip(0xffff, 0xffffffff, 0xffffffff);
  return Buffer.concat([local, end, locator, old]);
}
