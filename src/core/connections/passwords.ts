import { AppError } from '../errors';
import type { ConnectionProfile } from '../model/profile';
import { runPasswordCommand, type PasswordCommandOptions } from './passwordCommand';

/** Source of passwords. The window stores them; core only passes them on. */
export interface PasswordProvider {
  /** The stored password of this profile; does not ask the user. */
  get(profile: ConnectionProfile): Promise<string | undefined>;
  /** Asks the user; undefined = the user cancelled. */
  request(
    profile: ConnectionProfile,
    reason: 'missing' | 'rejected',
    signal?: AbortSignal,
  ): Promise<string | undefined>;
  /** The server accepted the password: a password that `request` returned may be stored now. */
  accepted(profile: ConnectionProfile): Promise<void>;
}

/**
 * The password that is known without asking the user: from the profile's command, or stored.
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

/** Tokens of clouds last at least 15 minutes; running a command may cost the user a fingerprint. */
const RENEW_AFTER_MS = 4 * 60_000;

/**
 * Returns a function that gives each process of a job the password of a profile with a password
 * command: processes that start within four minutes share one run of the command. undefined = the
 * profile has no such command, or there is no password.
 *
 * @param password what the command has just printed
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
    // After a failure the next process runs the command again.
    renewed.catch(() => (since = -Infinity));
    return renewed;
  };
}

/** How often the user is asked at most, when the server refuses passwords. */
const MAX_ATTEMPTS = 3;

/**
 * Calls `run` with the password that is known for `profile`. When the server requires a password and
 * none is known, or refuses the known one, asks the user and calls `run` again.
 * @throws AppError as `runPasswordCommand`; the error of `run` (`passwordRequired`,
 *   `authenticationFailed`) once the user cancels
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
      // The user is not asked: this profile's passwords come from its command.
      if (profile.passwordCommand !== undefined) throw error;
      if ((!missing && !rejected) || attempt > MAX_ATTEMPTS || signal?.aborted) throw error;
      const given = await provider.request(profile, missing ? 'missing' : 'rejected', signal);
      if (given === undefined) throw error;
      password = given;
    }
  }
}
