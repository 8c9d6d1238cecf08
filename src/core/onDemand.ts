/**
 * Makes something when it is first asked for. When that fails, who asks next tries again: code may
 * not have been read only because too many files were open.
 */
export function onDemand<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  const forget = (error: unknown): never => {
    made = undefined;
    throw error;
  };
  return () => (made ??= make().catch(forget));
}
