const MEMBER_NAME =
  /^(?:toc\.dat|(?:blobs(?:_\d+)?\.toc)|(?:(?:blob_)?\d+\.dat))(?:\.(?:gz|lz4|zst))?$/;

/** Is this the name of a file that pg_dump writes into a directory archive? */
export function isMemberName(name: string): boolean {
  return MEMBER_NAME.test(name);
}
