import path from 'node:path';
import { compareWithHelp } from '../catalogue/offeredRows';
import type { OptionTable } from '../catalogue/rows';
import { compressionMethods } from '../args/compression';
import { parseHelp } from '../choose/help';
import { lacksCompression } from '../stderr/failureCause';
import { argumentsAreUtf8 } from './ansiCodePage';
import type { ToolAbilities, ToolVersion } from '../../model/tools';

/** Limit in milliseconds for printing the help. */
const TIMEOUT_MS = 10_000;

/**
 * What a tool itself says of its options, from its `--help`: those that the catalogue does not
 * know, and those that it should have and lacks. For pg_dump from 16 on, also what it was built to
 * compress with. `{}` when it says nothing: then the catalogue alone counts.
 *
 * @param file absolute path of the tool
 * @param table its options
 * @param env the host's environment
 */
export async function readToolAbilities(
  file: string,
  table: OptionTable,
  version: ToolVersion,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ToolAbilities> {
  const [help, methods, utf8Arguments] = await Promise.all([
    run(file, ['--help'], env),
    table.tool === 'pg_dump' && version.major >= 16 ? builtMethods(file, env) : undefined,
    argumentsAreUtf8(),
  ]);
  const options = help.exitCode === 0 ? parseHelp(help.stdout) : [];
  return {
    ...(options.length > 0 ? compareWithHelp(table, version, options) : {}),
    ...(methods ? { compressionMethods: methods } : {}),
    ...(utf8Arguments ? { utf8Arguments } : {}),
  };
}

/**
 * Asks with a combination that pg_dump refuses in any case, after it has looked at the method and
 * before it opens a file or connects: jobs with the custom format. So the command never does
 * anything.
 */
async function builtMethods(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  const names = compressionMethods().map(({ method }) => method);
  const answers = await Promise.all(
    names.map((name) => run(file, [`--compress=${name}`, '--format=custom', '--jobs=2'], env)),
  );
  return names.filter((_, i) => !lacksCompression(answers[i]?.stderr ?? ''));
}

async function run(
  file: string,
  args: string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
  const { startProgram } = await import('./startProgram');
  const { exitCode, stdout, stderr } = await startProgram(file, args, {
    shell: false,
    reject: false,
    stdin: 'ignore',
    cwd: path.dirname(file),
    extendEnv: false,
    env: { ...env, LC_ALL: 'C', LANGUAGE: undefined },
    timeout: TIMEOUT_MS,
    forceKillAfterDelay: 500,
    maxBuffer: 1_000_000,
    windowsHide: true,
  });
  return { exitCode, stdout, stderr };
}
