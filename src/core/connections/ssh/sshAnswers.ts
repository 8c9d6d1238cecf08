import type { ConnectionProfile } from '../../model/profile';
import type { SshHostKeyPrompt, SshSecretPrompt } from '../../pgtools/stderr/sshPrompt';

/** A secret that `ssh` needs. */
export interface SshSecretQuestion extends SshSecretPrompt {
  /** The answer that was refused, by its `id`; null = this is the first time. */
  refused: number | null;
  /** What `ssh` said to that. */
  said: string;
}

/** What `ssh` asks while it logs in. */
export type SshQuestion =
  | SshSecretQuestion
  | SshHostKeyPrompt
  /** Shown until the signal is aborted. */
  | { kind: 'notice'; text: string };

/**
 * The answer; `id` tells answers to the same question apart. `nobody`: there is no window to show the
 * question, or none may be shown now.
 */
export type SshAnswer = { text: string; id: number } | 'cancelled' | 'nobody';

/** How a login ended. */
export interface SshLoginEnd {
  /** Their answers were taken: they may be kept. */
  worked: SshSecretQuestion[];
  /** Their answers are not known to be right. */
  unproven: SshSecretQuestion[];
}

/** Answers what `ssh` asks. The window asks the user, and keeps secrets; core only passes them on. */
export interface SshAnswers {
  /** Never rejects. The question goes when the signal is aborted. */
  answer(
    profile: ConnectionProfile,
    question: SshQuestion,
    signal: AbortSignal,
  ): Promise<SshAnswer>;
  ended(profile: ConnectionProfile, end: SshLoginEnd): void;
}
