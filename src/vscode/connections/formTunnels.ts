import type { Disposable } from 'vscode';
import { placeOf } from '../../core/connections/dialledTarget';
import { openTunnel, type Tunnel } from '../../core/connections/openTunnel';
import { throughTunnel } from '../../core/connections/ssh/throughTunnel';
import type { ConnectionProfile, SshRoute } from '../../core/model/profile';
import { unlessAborted } from '../../core/unlessAborted';
import { Guard } from '../../core/jobs/supervisor/process/guard';
import { spawnTool } from '../../core/jobs/tool/toolProcess';
import type { StartTool } from '../../core/jobs/job/startTool';
import { AppError } from '../../core/errors';
import type { WindowSshAnswers } from './windowSshAnswers';

/** Forms ask several questions one after another; a login takes a second. */
const IDLE_MS = 60_000;

type Reached = ConnectionProfile & { ssh: SshRoute };

interface Kept {
  tunnel: Promise<Tunnel>;
  /** May the user be asked while it opens? */
  asks: boolean;
  users: number;
  isOpen: boolean;
  /** Calls off what is not open yet. */
  opening: AbortController;
  idle?: NodeJS.Timeout;
}

/** How a tunnel may be opened. */
export interface TunnelUse {
  signal?: AbortSignal | undefined;
  /** May the user be asked? Default: yes. */
  mayAsk?: boolean;
}

/** Tunnels for the questions of this window. Those of jobs are their supervisors' own. */
export class FormTunnels implements Disposable {
  private readonly kept = new Map<string, Kept>();
  private guard: Guard | undefined;

  constructor(
    private readonly parts: {
      /** Absolute path of the bundle that ends tunnels should this window be killed. */
      guardScript: string;
      /** Absolute path of the bundle that `ssh` asks by. */
      askpassProgram: string;
      answers: Pick<WindowSshAnswers, 'answer' | 'ended' | 'unasked'>;
      /** Read anew for each tunnel. */
      connectTimeoutSeconds: () => number;
    },
  ) {}

  /**
   * Runs `work` with the tunnel of the profile.
   *
   * @throws AppError `sshFailed`, and as `work`
   */
  async use<T>(
    profile: Reached,
    work: (tunnel: Tunnel) => Promise<T>,
    { signal, mayAsk = true }: TunnelUse = {},
  ): Promise<T> {
    const key = placeOf(profile, { inherited: process.env });
    for (;;) {
      const kept = this.take(key, profile, mayAsk);
      clearTimeout(kept.idle);
      kept.users++;
      try {
        const tunnel = await this.opened(kept, signal, mayAsk);
        if (tunnel === null) continue;
        return await throughTunnel(tunnel, work(tunnel));
      } finally {
        kept.users--;
        if (kept.users === 0) this.leave(key, kept);
      }
    }
  }

  dispose(): void {
    for (const key of [...this.kept.keys()]) this.drop(key);
    this.guard?.dismiss();
    this.guard = undefined;
  }

  /** null = it was opened without asking, which did not do: the next one asks. */
  private async opened(
    { tunnel, asks }: Kept,
    signal: AbortSignal | undefined,
    mayAsk: boolean,
  ): Promise<Tunnel | null> {
    try {
      return await unlessAborted(tunnel, signal);
    } catch (error) {
      if (asks || !mayAsk || !AppError.is(error, 'sshFailed')) throw error;
      return null;
    }
  }

  /** Nobody uses it now. */
  private leave(key: string, kept: Kept): void {
    if (this.kept.get(key) !== kept) return;
    if (kept.isOpen) kept.idle = setTimeout(() => this.drop(key), IDLE_MS);
    // Nobody waits for it, so nobody is to be asked for its sake.
    else this.drop(key);
  }

  private take(key: string, profile: Reached, asks: boolean): Kept {
    const already = this.kept.get(key);
    if (already !== undefined) return already;
    const opening = new AbortController();
    const tunnel = this.open(profile, asks, opening.signal);
    const kept: Kept = { tunnel, asks, users: 0, isOpen: false, opening };
    this.kept.set(key, kept);
    // The next question tries again.
    const forget = (): void => this.forget(key, kept);
    const follow = ({ ended }: Tunnel): Promise<unknown> => {
      kept.isOpen = true;
      return ended;
    };
    void tunnel.then(follow).then(forget, forget);
    return kept;
  }

  private open(profile: Reached, asks: boolean, signal: AbortSignal): Promise<Tunnel> {
    const { guardScript, askpassProgram, answers, connectTimeoutSeconds } = this.parts;
    const guard = (): Guard => (this.guard ??= new Guard(guardScript));
    return openTunnel(profile, {
      inherited: process.env,
      connectTimeoutSeconds: connectTimeoutSeconds(),
      start: (command, options) => guarded(guard(), spawnTool(command, options)),
      prompts: {
        program: askpassProgram,
        answers: asks ? answers : answers.unasked,
        guardFolder: (folder) => guard().addFolder(folder),
      },
      signal,
    });
  }

  private forget(key: string, kept: Kept): void {
    clearTimeout(kept.idle);
    if (this.kept.get(key) === kept) this.kept.delete(key);
  }

  private drop(key: string): void {
    const kept = this.kept.get(key);
    if (kept === undefined) return;
    this.forget(key, kept);
    kept.opening.abort();
    void kept.tunnel.then(
      (tunnel) => tunnel.close(),
      () => undefined,
    );
  }
}

function guarded(guard: Guard, ssh: ReturnType<StartTool>): ReturnType<StartTool> {
  const { pid } = ssh;
  if (pid === undefined) return ssh;
  guard.add(pid, 'tunnels');
  void ssh.exit.then(() => guard.remove(pid));
  return ssh;
}
