import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { windowsPath } from './windowsPath';
import { ensureWindowsServer } from './serverPrograms';
import { startWine, type Wine } from '../install/wine';
import { until } from '../until';
import { stopAtExit } from '../machine/cleanup';
import { freePort } from '../machine/freePort';
import { psql } from '../machine/psql';
import { randomPassword, type ServerCoordinates } from '../machine/server';
import { type ServerUser, serverUser } from '../machine/serverUser';

const USER = 'postgres';

/** A server for Windows that runs under Wine, with Windows' names of locales. */
export interface WindowsServer extends ServerCoordinates {
  stop(): Promise<void>;
}

/** Starts one. `binDir`: the tools of this system that connect to it. */
export async function startWindowsServer(binDir: string): Promise<WindowsServer> {
  const programs = await ensureWindowsServer();
  const owner = serverUser();
  const wine = await startWine(owner);
  const dir = await mkdtemp(path.join(tmpdir(), 'pg-windows-'));
  const stop = async (): Promise<void> => {
    forget();
    await wine.stop();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  const forget = stopAtExit({ stop, stopNow: () => wine.stopNow() });
  const password = randomPassword();
  const port = await freePort();
  const server = { host: '127.0.0.1', port, user: USER, password, socketDir: dir, binDir };
  const coordinates: ServerCoordinates = { ...server, major: 18, version: '18.4' };
  try {
    // The server's account has to read and write in it.
    await chmod(dir, 0o777);
    const run = (program: string, args: string[]): ChildProcess =>
      start({ wine, owner, dir }, path.join(programs, program), args);
    const passwordFile = path.join(dir, 'password');
    await writeFile(passwordFile, password, { mode: 0o644 });
    const data = windowsPath(path.join(dir, 'data'));
    const cluster = run('initdb.exe', [
      ...['-D', data, '-U', USER, '-A', 'scram-sha-256', '--no-sync'],
      ...['--encoding', 'UTF8', '--pwfile', windowsPath(passwordFile)],
    ]);
    await until(() => cluster.exitCode !== null, 'initdb has ended');
    await rm(passwordFile);
    // It takes away the rights of an administrator, which every program has under Wine.
    run('pg_ctl.exe', [
      ...['start', '-W', '-D', data, '-l', windowsPath(path.join(dir, 'server.log'))],
      ...['-o', `-p ${port} -c fsync=off`],
    ]);
    await until(() => answers(coordinates), 'the server answers');
    return { ...coordinates, stop };
  } catch (error) {
    const read = (name: string): Promise<string> =>
      readFile(path.join(dir, name), 'utf8').catch(() => '');
    const said = (await read('log')) + (await read('server.log'));
    await stop();
    throw new Error(`the Windows server did not start: ${said}`, { cause: error });
  }
}

async function answers(server: ServerCoordinates): Promise<boolean> {
  return psql(server, 'postgres', 'SELECT 1').then(
    () => true,
    () => false,
  );
}

/** Its output goes to a file, because programs for Windows cannot write to pipes of this system. */
function start(
  { wine, owner, dir }: { wine: Wine; owner: ServerUser | undefined; dir: string },
  file: string,
  args: readonly string[],
): ChildProcess {
  const log = openSync(path.join(dir, 'log'), 'a');
  const child = spawn(wine.file, [file, ...args], {
    cwd: dir,
    env: { PATH: process.env['PATH'], HOME: dir, ...wine.env },
    stdio: ['ignore', log, log],
    ...owner,
  });
  closeSync(log);
  child.on('error', () => undefined);
  return child;
}
