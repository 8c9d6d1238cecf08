const MEMBER_NAME =
  /^(?:toc\.dat|(?:blobs(?:_\d+)?\.toc)|(?:(?:blob_)?\d+\.dat))(?:\.(?:gz|lz4|zst))?$/;

/** Is this a name that pg_dump gives to a file in a directory archive? */
export function isMemberName(name: string): boolean {
  return MEMBER_NAME.test(name);
}
