import * as vscode from 'vscode';
import { placeOf } from '../../core/connections/dialledTarget';
import type {
  SshAnswer,
  SshAnswers,
  SshLoginEnd,
  SshQuestion,
  SshSecretQuestion,
} from '../../core/connections/ssh/sshAnswers';
import type { ConnectionProfile } from '../../core/model/profile';
import type { SshHostKeyPrompt } from '../../core/pgtools/stderr/sshPrompt';
import { hostKeyQuestion, keepQuestion, noticeText, secretBox } from '../text/sshPromptText';
import { askBefore } from '../ui/askBefore';
import { window } from '../ui/window';

interface Held {
  text: string;
  id: number;
  /** Has a login worked with it? */
  proven: boolean;
  /** Has the user decided whether to keep it? */
  decided: boolean;
}

interface OpenQuestion {
  answer: Promise<SshAnswer>;
  users: number;
  controller: AbortController;
}

/**
 * Asks the user what `ssh` wants to know. What has worked is held as long as the window lives, so
 * that several tunnels ask once; in the secret storage it is kept when the user says so, bound to the
 * connection and where that leads. A text that a server words itself is never held: it may be a code
 * that can be used once.
 */
export class SshAnswerStore implements SshAnswers {
  private readonly held = new Map<string, Held>();
  /** What is in the secret storage, and was refused. */
  private readonly refused = new Set<string>();
  /** The same question of several tunnels is asked once. */
  private readonly open = new Map<string, OpenQuestion>();
  /** VS Code shows one box at a time, and closes the one before. */
  private lastBox: Promise<unknown> = Promise.resolve();
  private ids = 0;

  constructor(private readonly secrets: vscode.SecretStorage) {}

  async answer(
    profile: ConnectionProfile,
    question: SshQuestion,
    signal: AbortSignal,
  ): Promise<SshAnswer> {
    if (question.kind === 'notice') return showNotice(profile, question.text, signal);
    if (question.kind === 'hostKey') {
      const { host, port, fingerprint } = question;
      const key = JSON.stringify([host, port, fingerprint]);
      return this.once(key, signal, () => this.askHostKey(profile, question));
    }
    const known = await this.known(profile, question);
    if (known !== undefined) return known;
    const key = identityOf(profile, question);
    return this.once(key, signal, (shared) => this.askSecret(profile, question, shared));
  }

  /** The answer as far as it takes no question to the user. */
  async answerUnasked(profile: ConnectionProfile, question: SshQuestion): Promise<SshAnswer> {
    return (question.kind === 'secret' && (await this.known(profile, question))) || 'nobody';
  }

  ended(profile: ConnectionProfile, { worked, unproven }: SshLoginEnd): void {
    for (const question of unproven) {
      const key = identityOf(profile, question);
      if (key !== null && this.held.get(key)?.proven === false) this.held.delete(key);
    }
    for (const question of worked) {
      const key = identityOf(profile, question);
      const held = key === null ? undefined : this.held.get(key);
      if (key === null || held === undefined) continue;
      held.proven = true;
      if (!held.decided) void this.askWhetherToKeep(profile, question, key, held);
      held.decided = true;
    }
  }

  async forget(profile: ConnectionProfile): Promise<void> {
    for (const key of Object.keys(await this.kept(profile))) this.held.delete(key);
    await this.secrets.delete(storageKey(profile));
  }

  async has(profile: ConnectionProfile): Promise<boolean> {
    return Object.keys(await this.kept(profile)).length > 0;
  }

  private async known(
    profile: ConnectionProfile,
    question: SshSecretQuestion,
  ): Promise<SshAnswer | undefined> {
    const key = identityOf(profile, question);
    if (key === null) return undefined;
    if (!this.held.has(key) && !this.refused.has(key)) {
      const text = (await this.kept(profile))[key];
      if (text !== undefined && !this.held.has(key)) {
        this.held.set(key, { text, id: ++this.ids, proven: true, decided: true });
      }
    }
    const held = this.held.get(key);
    if (held === undefined) return undefined;
    const { text, id } = held;
    // Another tunnel may have been told a better answer meanwhile.
    if (id !== question.refused) return { text, id };
    this.held.delete(key);
    this.refused.add(key);
    return undefined;
  }

  private async askSecret(
    profile: ConnectionProfile,
    question: SshSecretQuestion,
    signal: AbortSignal,
  ): Promise<SshAnswer> {
    const text = await this.showBox(secretBox(profile, question), signal);
    if (text === undefined) return 'cancelled';
    const id = ++this.ids;
    const key = identityOf(profile, question);
    if (key !== null && text !== '') {
      this.held.set(key, { text, id, proven: false, decided: false });
    }
    return { text, id };
  }

  private async askHostKey(
    profile: ConnectionProfile,
    question: SshHostKeyPrompt,
  ): Promise<SshAnswer> {
    const trusted = await askBefore(hostKeyQuestion(profile, question));
    return trusted ? { text: 'yes', id: ++this.ids } : 'cancelled';
  }

  private showBox(
    options: vscode.InputBoxOptions,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const box = this.lastBox.then(async () => {
      const source = new vscode.CancellationTokenSource();
      const close = (): void => source.cancel();
      signal.addEventListener('abort', close, { once: true });
      try {
        if (signal.aborted) return undefined;
        return await window.showInputBox(options, source.token);
      } finally {
        signal.removeEventListener('abort', close);
        source.dispose();
      }
    });
    this.lastBox = box.catch(() => undefined);
    return box;
  }

  /** Asks once while the same is asked; the question goes when nobody waits for its answer any more. */
  private async once(
    key: string | null,
    signal: AbortSignal,
    ask: (signal: AbortSignal) => Promise<SshAnswer>,
  ): Promise<SshAnswer> {
    // A question that cannot be shown is one without an answer.
    const safely = (shared: AbortSignal): Promise<SshAnswer> =>
      ask(shared).catch((): SshAnswer => 'nobody');
    if (key === null) return safely(signal);
    let open = this.open.get(key);
    if (open === undefined) {
      const controller = new AbortController();
      const answer = safely(controller.signal).finally(() => this.open.delete(key));
      open = { answer, users: 0, controller };
      this.open.set(key, open);
    }
    const { answer, controller } = open;
    const shared = open;
    shared.users++;
    const leave = (): void => {
      if (--shared.users === 0) controller.abort();
    };
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    return answer.finally(() => signal.removeEventListener('abort', leave));
  }

  /** Does not block: without an answer the secret lasts as long as the window. */
  private async askWhetherToKeep(
    profile: ConnectionProfile,
    question: SshSecretQuestion,
    key: string,
    held: Held,
  ): Promise<void> {
    const remember = vscode.l10n.t('Remember');
    const answer = await window.showInformationMessage(
      keepQuestion(question),
      remember,
      vscode.l10n.t('Use for this session'),
    );
    // It may have been forgotten or replaced meanwhile.
    if (answer !== remember || this.held.get(key) !== held) return;
    const kept = { ...(await this.kept(profile)), [key]: held.text };
    await this.secrets.store(storageKey(profile), JSON.stringify(kept));
    this.refused.delete(key);
  }

  private async kept(profile: ConnectionProfile): Promise<Readonly<Record<string, string>>> {
    const stored = await this.secrets.get(storageKey(profile));
    return stored === undefined ? {} : (JSON.parse(stored) as Record<string, string>);
  }
}

/** Shows what is to be done until it is done, or given up. */
async function showNotice(
  profile: ConnectionProfile,
  text: string,
  signal: AbortSignal,
): Promise<SshAnswer> {
  const title = noticeText(profile, text);
  const location = vscode.ProgressLocation.Notification;
  await window.withProgress({ location, title }, () => {
    return new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  });
  return 'cancelled';
}

/**
 * What a secret is held and kept by: a passphrase by the file of its key, a password by the login and
 * the way there. null = it is not held.
 */
function identityOf(
  { ssh }: ConnectionProfile,
  { secret, whose }: Pick<SshSecretQuestion, 'secret' | 'whose'>,
): string | null {
  if (whose === '') return null;
  if (secret === 'passphrase') return JSON.stringify([secret, whose]);
  return secret === 'password' ? JSON.stringify([secret, whose, ssh]) : null;
}

function storageKey(profile: ConnectionProfile): string {
  return `pgBackup.ssh:${placeOf(profile, { inherited: process.env })}`;
}
