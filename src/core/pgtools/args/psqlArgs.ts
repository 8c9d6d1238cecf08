import type { RestoreOptions } from '../../model/options';
import type { HelpOption, ToolVersion } from '../../model/tools';
import { psqlOptions } from '../catalogue/psql';
import type { OptionValue } from '../catalogue/types';
import { renderOptions } from './renderOptions';
import { toolOptionValues } from './toolOptionValues';

/** A script to be run by psql. */
export interface ResolvedScript {
  options: Pick<RestoreOptions, 'exitOnError' | 'singleTransaction' | 'toolOptions' | 'extraArgs'>;
  /** Options of the tool that the catalogue does not know. */
  unknownOptions?: readonly HelpOption[] | undefined;
  /** Absolute path of the script; null = it comes on stdin. */
  file: string | null;
  /** With `--dbname` of the target. */
  connectionArgs: readonly string[];
  /**
   * Letters and digits: makes psql refuse every backslash command of the script
   * (psql 13.22, 14.19, 15.14, 16.10, 17.6, 18 and newer). Not for scripts that have their own
   * `\restrict` line.
   */
  restrictKey?: string;
}

/**
 * The arguments of psql for a script. Without `--quiet`, so that psql prints the tag of each
 * statement (`CREATE TABLE`, `COPY 1000`) on stdout, from which progress is told; with
 * `--echo-errors`, so that the failed statement follows its error on stderr; and verbose, so that
 * errors have their SQLSTATE (the parser takes out what else this adds).
 *
 * A single transaction always stops at the first error: without ON_ERROR_STOP, psql would roll
 * everything back and exit 0 (measured).
 */
export function buildScriptArgs(script: ResolvedScript, tool: ToolVersion): string[] {
  const args = renderOptions(psqlOptions, tool, scriptValues(script), script.unknownOptions);
  return [...args, ...script.options.extraArgs, ...script.connectionArgs];
}

/** The options that a restore of a script gives to psql, by row id, in order. */
export function scriptValues(
  script: Omit<ResolvedScript, 'connectionArgs'>,
): Map<string, OptionValue> {
  const { options } = script;
  const stop = options.exitOnError || options.singleTransaction;
  const values = new Map<string, OptionValue>([
    ['no-psqlrc', true],
    ['no-password', true],
    ['echo-errors', true],
    ['set', [`ON_ERROR_STOP=${stop ? '1' : '0'}`, 'VERBOSITY=verbose']],
  ]);
  if (options.singleTransaction) values.set('single-transaction', true);
  if (script.restrictKey !== undefined) {
    values.set('command', `\\restrict ${script.restrictKey}`);
  }
  const { unknownOptions } = script;
  for (const [id, value] of toolOptionValues(psqlOptions, options.toolOptions, unknownOptions)) {
    values.set(id, value);
  }
  values.set('file', script.file ?? '-');
  return values;
}
