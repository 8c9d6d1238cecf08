/** A tar file of these members, with its end. */
export function buildTar(
  members: readonly [name: string, content: Buffer | string, type?: string][],
): Buffer {
  const parts: Buffer[] = [];
  for (const [name, content, type] of members) {
    const bytes = Buffer.from(content);
    parts.push(tarHeader(name, bytes.length, type), bytes);
    parts.push(Buffer.alloc((512 - (bytes.length % 512)) % 512));
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

/** `type`: `0` a regular file, `2` a link, `5` a directory. */
export function tarHeader(name: string, size: number, type = '0'): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000600\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  if (size < 8 ** 11) header.write(`${size.toString(8).padStart(11, '0')} `, 124);
  else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  header.write('00000000000 ', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
