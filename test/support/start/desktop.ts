import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stopAtExit } from '../machine/cleanup';
import { findOnPath } from '../install/systemPackages';
import { repoPaths } from '../repoPaths';
import type { SampleWorld } from './sampleWorld';

/** The desktop VS Code's command, if there is one that can open a window here. */
export function findDesktopCode(): string | undefined {
  // Inside a remote terminal `code` only talks to the window that the terminal belongs to.
  if (process.env['VSCODE_IPC_HOOK_CLI'] !== undefined) return undefined;
  const hasScreen =
    process.platform !== 'linux' ||
    process.env['DISPLAY'] !== undefined ||
    process.env['WAYLAND_DISPLAY'] !== undefined;
  return hasScreen ? findOnPath('code') : undefined;
}

/** Opens a window of its own with the extension; resolves when that window is closed. */
export async function openDesktop(code: string, world: SampleWorld): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'code-'));
  const settings = { 'telemetry.telemetryLevel': 'off', ...world.userSettings };
  await mkdir(path.join(dir, 'user-data/User'), { recursive: true });
  await writeFile(path.join(dir, 'user-data/User/settings.json'), JSON.stringify(settings));
  const child = spawn(
    code,
    [
      '--new-window',
      '--wait',
      `--extensionDevelopmentPath=${repoPaths.root}`,
      `--user-data-dir=${path.join(dir, 'user-data')}`,
      `--extensions-dir=${path.join(dir, 'extensions')}`,
      '--disable-workspace-trust',
      '--skip-welcome',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      world.workspace.dir,
    ],
    { stdio: 'ignore', env: { ...process.env, ...world.env }, shell: process.platform === 'win32' },
  );
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve());
  });
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true, maxRetries: 5 });
  const forget = stopAtExit({
    stop: async () => {
      child.kill();
      await ended;
      await remove();
    },
    stopNow: () => child.kill('SIGKILL'),
  });
  try {
    await ended;
  } finally {
    await remove();
    forget();
  }
}
