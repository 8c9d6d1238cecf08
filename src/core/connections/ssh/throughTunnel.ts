import { AppError } from '../../errors';

/** What tells why a tunnel does not work. */
interface Ending {
  hasEnded(): Promise<boolean>;
  failure(): AppError | null;
}

/** Runs `work` and replaces its connection errors by the tunnel's error, where the tunnel has one. */
export async function throughTunnel<T>(tunnel: Ending | null, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const unreached = ['connectFailed', 'queryFailed', 'queryTimedOut'] as const;
    if (tunnel === null || !unreached.some((code) => AppError.is(error, code))) throw error;
    await tunnel.hasEnded();
    throw tunnel.failure() ?? error;
  }
}
