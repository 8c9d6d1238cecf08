/** A file in a zip or tar file. */
export interface Member {
  /** Name in the zip or tar file. Never used as a path. */
  name: string;
  /** Size of the content in bytes. */
  size: number;
  /** Reads the content from its beginning. */
  open(): AsyncGenerator<Buffer>;
}

/** The regular files of a zip or tar file. Links and devices are ignored. */
export interface Container {
  members: readonly Member[];
  close(): Promise<void>;
}

/** Maximum number of files that are listed. */
export const MAX_MEMBERS = 200_000;

/** The name without its folder. */
export function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** The folder in a name, with a slash at its end; '' for the top level. */
export function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1);
}
