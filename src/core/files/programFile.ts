import { accessSync, constants, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Absolute path of a program that the user named; null = there is none. A bare name is looked up in
 * the absolute folders of PATH: never in the working directory, and nothing that only a shell could
 * start.
 */
export function programFile(program: string, variables: Variables): string | null {
  if (/^~[/\\]/.test(program)) return path.join(os.homedir(), program.slice(2));
  if (path.isAbsolute(program)) return program;
  if (program === '' || /[/\\]/.test(program)) return null;
  const windows = process.platform === 'win32';
  const folders = (variables['PATH'] ?? variables['Path'] ?? '').split(path.delimiter);
  const names = windows && !/\.(?:exe|com)$/i.test(program) ? [`${program}.exe`] : [program];
  for (const folder of folders.filter((one) => path.isAbsolute(one))) {
    for (const name of names) {
      const file = path.join(folder, name);
      if (isProgram(file)) return file;
    }
  }
  return null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
