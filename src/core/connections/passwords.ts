import { AppError } from '../errors';
import type { ConnectionProfile } from '../model/profile';
import { runPasswordCommand, type PasswordCommandOptions } from './passwordCommand';

/** Where passwords come from. The editor keeps them; core only passes them on. */
export interface PasswordProvider {
  /** The password known for this profile, without asking anybody. */
  get(profile: ConnectionProfile): Promise<string | undefined>;
  /** Asks the user; undefined = the user gave none. */
  request(
    profile: ConnectionProfile,
    reason: 'missing' | 'rejected',
    signal?: AbortSignal,
  ): Promise<string | undefined>;
  /** The server took the password: one that `request` gave may be kept now. */
  accepted(profile: ConnectionProfile): Promise<void>;
}

/**
 * The password that is known without asking anybody: by the profile's own command, else kept.
 *
 * @throws AppError as `runPasswordCommand`
 */
export function knownPassword(
  profile: ConnectionProfile,
  provider: Pick<PasswordProvider, 'get'>,
  options: PasswordCommandOptions = {},
): Promise<string | undefined> {
  return profile.passwordCommand === undefined
    ? provider.get(profile)
    : runPasswordCommand(profile, options);
}

/** Tokens of clouds are good for 15 minutes and more; a program may want a finger each time. */
const RENEW_AFTER_MS = 4 * 60_000;

/**
 * Yields the password of a profile that has a command for it, to every process that a job starts:
 * of those that start shortly after one another only the first one runs the command. undefined = the
 * password is none of a command.
 *
 * @param password as the command has just printed it
 * @param clock milliseconds; for tests
 */
export function renewingPassword(
  profile: ConnectionProfile,
  password: string | undefined,
  options: PasswordCommandOptions,
  clock: () => number = () => performance.now(),
): (() => Promise<string>) | undefined {
  if (profile.passwordCommand === undefined || password === undefined) return undefined;
  let current = Promise.resolve(password);
  let since = clock();
  return () => {
    if (clock() - since < RENEW_AFTER_MS) return current;
    since = clock();
    const renewed = runPasswordCommand(profile, options);
    current = renewed;
    // The next process tries again.
    renewed.catch(() => (since = -Infinity));
    return renewed;
  };
}

/** How often the user is asked again after the server said no. */
const MAX_ATTEMPTS = 3;

/**
 * Runs `run` with the password known for `profile`; asks for one, and runs again, when the server
 * wants one and none is known, or says no to the one it got.
 * @throws AppError as `runPasswordCommand`; `passwordRequired` or `authenticationFailed` as `run` threw it, once the user gives none.
 */
export async function withPassword<T>(
  profile: ConnectionProfile,
  provider: PasswordProvider,
  run: (password: string | undefined) => Promise<T>,
  options: PasswordCommandOptions = {},
): Promise<T> {
  const { signal } = options;
  let password = await knownPassword(profile, provider, options);
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await run(password);
      await provider.accepted(profile);
      return result;
    } catch (error) {
      const missing = AppError.is(error, 'passwordRequired');
      const rejected = AppError.is(error, 'authenticationFailed');
      // Whoever has a command for it would type in vain: its next answer may be as good as this one.
      if (profile.passwordCommand !== undefined) throw error;
      if ((!missing && !rejected) || attempt > MAX_ATTEMPTS || signal?.aborted) throw error;
      const given = await provider.request(profile, missing ? 'missing' : 'rejected', signal);
      if (given === undefined) throw error;
      password = given;
    }
  }
}
