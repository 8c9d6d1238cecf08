import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipMember {
  name: string | Buffer;
  content: Buffer | string;
  /** As it is, not deflated. */
  stored?: boolean;
  /** Unix's mode with the kind of file, e.g. 0o120777 for a link. */
  mode?: number;
  /** What the zip says in place of what is true. */
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
