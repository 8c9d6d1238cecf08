/** How a packed dump is opened. */
export interface OpenPackedOptions {
  /** Returns a private folder to unpack into, only when one is needed. The caller removes it. */
  folder: () => string | Promise<string>;
  /** Which of several dumps to open, by its name in the error `packedChoice`. */
  member?: string | null | undefined;
  signal?: AbortSignal | undefined;
  /** Called with the number of bytes unpacked so far. */
  onProgress?: ((bytes: number) => void) | undefined;
}
