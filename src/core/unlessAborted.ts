import { AppError } from './errors';

/**
 * The result of work that others may wait for as well: whoever does not want it any more only goes
 * away, and the work goes on.
 *
 * @throws AppError `cancelled` once the signal is aborted, and as `work`
 */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return work;
  const controller = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const cancel = (): void => reject(new AppError('cancelled', {}));
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { signal: controller.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    controller.abort();
  }
}
