import { AppError } from '../errors';
import type { ConnectionProfile } from '../model/profile';
import { runPasswordCommand } from './passwordCommand';

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
  signal?: AbortSignal,
): Promise<string | undefined> {
  return profile.passwordCommand === undefined
    ? provider.get(profile)
    : runPasswordCommand(profile, { signal });
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
  signal?: AbortSignal,
): Promise<T> {
  let password = await knownPassword(profile, provider, signal);
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
