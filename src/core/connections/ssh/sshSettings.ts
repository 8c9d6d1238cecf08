import type { StartSsh } from './startSsh';

/** What `ssh` will do for a route, by the user's configuration. */
export interface SshSettings {
  /** Is the server reached through another one, or through a command? */
  proxied: boolean;
  /** Does it name the login before what a server asks? OpenSSH 8.5 and later. */
  marksPrompts: boolean;
}

const TIMEOUT_MS = 10_000;
const MAX_LENGTH = 256 * 1024;

/** Asks `ssh` for its settings, without connecting. Never rejects. */
export async function readSshSettings(
  command: Parameters<StartSsh>[0],
  start: StartSsh,
): Promise<SshSettings> {
  const text = { stdout: '', stderr: '' };
  const ssh = start(
    { ...command, args: ['-G', '-v', ...command.args] },
    {
      onChunk: (chunk, from) => {
        if (text[from].length < MAX_LENGTH) text[from] += chunk.toString('latin1');
      },
    },
  );
  const timer = setTimeout(() => ssh.kill(), TIMEOUT_MS);
  await ssh.exit;
  clearTimeout(timer);
  return parseSshSettings(text.stdout, text.stderr);
}

/** Reads what `ssh -G -v` prints. */
export function parseSshSettings(settings: string, traces: string): SshSettings {
  const [, major = '0', minor = '0'] = /^OpenSSH_(?:for_Windows_)?(\d+)\.(\d+)/m.exec(traces) ?? [];
  return {
    proxied: /^proxy(?:jump|command) (?!none\s*$)/im.test(settings),
    marksPrompts: Number(major) > 8 || (Number(major) === 8 && Number(minor) >= 5),
  };
}

/**
 * May `ssh` ask the user? On Windows a prompt becomes an argument of a command script, where a server
 * that words it could run commands: so servers word none there (see `tunnelArgs`), and a server on the
 * way, whose `ssh` does not know that, keeps all of them from asking.
 */
export function mayAsk(
  { proxied }: SshSettings,
  platform: NodeJS.Platform = process.platform,
): boolean {
  return platform !== 'win32' || !proxied;
}
