/** One file in a zip or tar. */
export interface Member {
  /** As the container says; never used as a path. */
  name: string;
  /** Bytes of its content. */
  size: number;
  /** Its content from the beginning. */
  open(): AsyncGenerator<Buffer>;
}

/** The regular files of a zip or tar. Links and devices are left out: nothing here follows them. */
export interface Container {
  members: readonly Member[];
  close(): Promise<void>;
}

/** No more files than these are looked at in one. */
export const MAX_MEMBERS = 200_000;

export function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** With the slash at its end; '' for the top. */
export function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1);
}
