import type { SecretStorage } from 'vscode';
import type {
  SshAnswer,
  SshAnswers,
  SshLoginEnd,
  SshQuestion,
} from '../../core/connections/ssh/sshAnswers';
import type { ConnectionProfile } from '../../core/model/profile';
import type { SshAnswerStore } from './sshAnswerStore';

/** Loaded when `ssh` first asks: most windows have no connection through it. */
export class WindowSshAnswers implements SshAnswers {
  /** For what may happen without a question to the user. */
  readonly unasked: SshAnswers = {
    answer: (...asked) => this.use((store) => store.answerUnasked(asked[0], asked[1])),
    ended: (...end) => this.ended(...end),
  };
  private loaded: Promise<SshAnswerStore> | undefined;

  constructor(private readonly secrets: SecretStorage) {}

  answer(
    profile: ConnectionProfile,
    question: SshQuestion,
    signal: AbortSignal,
  ): Promise<SshAnswer> {
    return this.use((store) => store.answer(profile, question, signal));
  }

  ended(profile: ConnectionProfile, end: SshLoginEnd): void {
    // Nothing was asked before the store was loaded.
    void this.loaded?.then((store) => store.ended(profile, end));
  }

  async forget(profile: ConnectionProfile): Promise<void> {
    if (profile.ssh !== undefined) await (await this.load()).forget(profile);
  }

  async has(profile: ConnectionProfile): Promise<boolean> {
    return profile.ssh !== undefined && (await this.load()).has(profile);
  }

  private async use(ask: (store: SshAnswerStore) => Promise<SshAnswer>): Promise<SshAnswer> {
    try {
      return await ask(await this.load());
    } catch {
      // The question cannot be shown, or the secret storage does not answer.
      return 'nobody';
    }
  }

  private load(): Promise<SshAnswerStore> {
    this.loaded ??= import('./sshAnswerStore').then(
      ({ SshAnswerStore: Loaded }) => new Loaded(this.secrets),
    );
    return this.loaded;
  }
}
