import { execa } from 'execa';

/** Options of {@link run}. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to the inherited environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Runs a program to its end and returns its stdout. A failure's error holds the command line and
 * the end of what it printed.
 */
export async function run(
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const result = await execa(file, args, {
    reject: false,
    shell: false,
    stripFinalNewline: true,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  if (result.failed) {
    const printed = `${result.stdout}\n${result.stderr}`.trim().slice(-3000);
    throw new Error(`${[file, ...args].join(' ')}: ${result.shortMessage}\n${printed}`);
  }
  return result.stdout;
}
