import type { Disposable } from 'vscode';
import { placeOf } from '../../core/connections/dialledTarget';
import type { Tunnel } from '../../core/connections/openTunnel';
import type { ConnectionProfile, SshRoute } from '../../core/model/profile';
import { unlessAborted } from '../../core/unlessAborted';
import type { Guard } from '../../core/jobs/supervisor/process/guard';
import type { StartTool } from '../../core/jobs/job/startTool';

/** Forms ask several questions one after another; a login takes a second. */
const IDLE_MS = 60_000;

type Reached = ConnectionProfile & { ssh: SshRoute };

interface Kept {
  tunnel: Promise<Tunnel>;
  users: number;
  idle?: NodeJS.Timeout;
}

/** Tunnels for the questions of this window. Those of jobs are their supervisors' own. */
export class FormTunnels implements Disposable {
  private readonly kept = new Map<string, Kept>();
  private guard: Guard | undefined;

  /**
   * @param guardScript absolute path of the bundle that ends tunnels should this window be killed
   * @param connectTimeoutSeconds read anew for each tunnel
   */
  constructor(
    private readonly guardScript: string,
    private readonly connectTimeoutSeconds: () => number,
  ) {}

  /**
   * Runs `work` with the tunnel of the profile; undefined where it has none.
   *
   * @throws AppError `sshFailed`, and as `work`
   */
  async use<T>(
    profile: ConnectionProfile,
    work: (tunnel: Tunnel | undefined) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    if (profile.ssh === undefined) return work(undefined);
    const key = placeOf(profile, { inherited: process.env });
    const kept = this.take(key, { ...profile, ssh: profile.ssh });
    clearTimeout(kept.idle);
    kept.users++;
    try {
      const tunnel = await unlessAborted(kept.tunnel, signal);
      const { throughTunnel } = await import('../../core/connections/openTunnel');
      return await throughTunnel(tunnel, work(tunnel));
    } finally {
      kept.users--;
      if (kept.users === 0 && this.kept.get(key) === kept) {
        kept.idle = setTimeout(() => this.drop(key), IDLE_MS);
      }
    }
  }

  dispose(): void {
    for (const key of [...this.kept.keys()]) this.drop(key);
    this.guard?.dismiss();
    this.guard = undefined;
  }

  private take(key: string, profile: Reached): Kept {
    const already = this.kept.get(key);
    if (already !== undefined) return already;
    const tunnel = this.open(profile);
    const kept: Kept = { tunnel, users: 0 };
    this.kept.set(key, kept);
    // The next question tries again.
    const forget = (): void => this.forget(key, kept);
    void tunnel.then(({ ended }) => ended).then(forget, forget);
    return kept;
  }

  private async open(profile: Reached): Promise<Tunnel> {
    // Loaded when the first tunnel is opened: most windows need none of it.
    const [{ openTunnel }, { spawnTool }, { Guard }] = await Promise.all([
      import('../../core/connections/openTunnel'),
      import('../../core/jobs/tool/toolProcess'),
      import('../../core/jobs/supervisor/process/guard'),
    ]);
    return openTunnel(profile, {
      inherited: process.env,
      connectTimeoutSeconds: this.connectTimeoutSeconds(),
      start: (command, options) => {
        this.guard ??= new Guard(this.guardScript);
        return guarded(this.guard, spawnTool(command, options));
      },
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
