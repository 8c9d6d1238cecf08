import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConnectionProfile } from '../../model/profile';
import type { SshOutput } from '../../pgtools/stderr/sshOutput';
import { readSshPrompt, type SshPrompt } from '../../pgtools/stderr/sshPrompt';
import type { AskpassQuestion } from './askpassWire';
import type { SshAnswers, SshLoginEnd, SshSecretQuestion } from './sshAnswers';

/** Why the user did not answer; the login is given up then. */
export type Unanswered = 'cancelled' | 'nobody';

/** Heard by the tunnel. */
export interface LoginEvents {
  unanswered(why: Unanswered, question: 'secret' | 'hostKey'): void;
  /** How many questions are open; meanwhile, the login takes as long as the user does. */
  open(count: number): void;
}

interface LoginQuestionsOptions {
  profile: ConnectionProfile;
  answers: SshAnswers;
  /** What this `ssh` says. */
  output: SshOutput;
  /** See `readSshPrompt`. */
  marksPrompts: boolean;
  events: LoginEvents;
}

/** An answer that was given. */
interface Given {
  question: SshSecretQuestion;
  id: number;
}

/** The questions of one tunnel's `ssh`, and of those that it starts for servers on the way. */
export class LoginQuestions {
  /** By login and question: the `ssh` for a server on the way asks for itself. */
  private readonly given = new Map<string, Given>();
  private open = 0;

  constructor(private readonly options: LoginQuestionsOptions) {}

  /** null = no answer. */
  async answer(
    asked: Pick<AskpassQuestion, 'prompt' | 'hint' | 'login'>,
    signal: AbortSignal,
  ): Promise<string | null> {
    // What `ssh` wrote before it asked has arrived by then, and is read.
    await nextTurn();
    await nextTurn();
    const prompt = readSshPrompt(asked.prompt, asked.hint, this.options.marksPrompts);
    this.options.events.open(++this.open);
    try {
      return await this.answerPrompt(prompt, asked.login, signal);
    } finally {
      this.options.events.open(--this.open);
    }
  }

  /** What became of the answers, once the login has ended. */
  end(opened: boolean): SshLoginEnd {
    const end: SshLoginEnd = { worked: [], unproven: [] };
    for (const { question } of this.given.values()) {
      const proven = opened && this.isProven(question);
      end[proven ? 'worked' : 'unproven'].push(question);
    }
    return end;
  }

  private async answerPrompt(
    prompt: SshPrompt,
    login: number,
    signal: AbortSignal,
  ): Promise<string | null> {
    const { profile, answers, output } = this.options;
    if (prompt.kind === 'aside') return 'no';
    if (prompt.kind === 'notice') {
      await answers.answer(profile, prompt, signal);
      return null;
    }
    if (prompt.kind === 'hostKey') {
      const [, fingerprint = ''] = /(SHA256:\S+)/.exec(output.hostKey ?? '') ?? [];
      const shown = { ...prompt, fingerprint: prompt.fingerprint || fingerprint };
      const answer = await answers.answer(profile, shown, signal);
      if (typeof answer === 'object') return 'yes';
      if (!signal.aborted) this.options.events.unanswered(answer, 'hostKey');
      return 'no';
    }
    const key = JSON.stringify([login, prompt.secret, prompt.whose, prompt.text]);
    const refused = this.given.get(key)?.id ?? null;
    const said = refused === null ? '' : output.lastLine();
    const question = { ...prompt, refused, said };
    const answer = await answers.answer(profile, question, signal);
    if (typeof answer === 'object') {
      this.given.set(key, { question, id: answer.id });
      return answer.text;
    }
    if (!signal.aborted) this.options.events.unanswered(answer, 'secret');
    return null;
  }

  /**
   * Was it by this kind of answer that a server let the user in? After three wrong passphrases `ssh`
   * goes on with the next key.
   */
  private isProven({ secret, whose }: SshSecretQuestion): boolean {
    return this.options.output.logins.some(({ method, key }) => {
      if (secret === 'passphrase') return method === 'publickey' && key === whose;
      return secret === 'password' && /^(?:password|keyboard-interactive)$/.test(method);
    });
  }
}
