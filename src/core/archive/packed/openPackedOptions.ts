/** How a packed dump is opened. */
export interface OpenPackedOptions {
  /** A private folder to unpack into; it is asked for only when it is needed, and is the caller's. */
  folder: () => string | Promise<string>;
  /** Which of several dumps is meant, by the name that `packedChoice` gave it. */
  member?: string | null | undefined;
  signal?: AbortSignal | undefined;
  /** Bytes unpacked so far. */
  onProgress?: ((bytes: number) => void) | undefined;
}
