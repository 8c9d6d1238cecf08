import { quoteForBash, type Shell } from '../pgtools/args/display';
import type { ScriptInput } from './commandPlan';

const UNPACKERS = { gzip: 'gzip', zstd: 'zstd', lz4: 'lz4', bzip2: 'bzip2', xz: 'xz' } as const;

/**
 * What stands before a command in a shell's line so that it reads `stdin`: `gzip -dc dump.sql.gz |`.
 * null = the shell has nothing that gives the same bytes. PowerShell changes bytes between programs,
 * and what a job leaves out of a script is decided statement by statement.
 */
export function inputPipe(stdin: ScriptInput, shell: Shell): string | null {
  if (shell !== 'bash' || stdin.edits !== null) return null;
  const path = quoteForBash(stdin.path);
  const { compression, encoding } = stdin;
  const from = encoding === 'utf16be' ? 'UTF-16BE' : 'UTF-16LE';
  const recode = `iconv --from-code=${from} --to-code=UTF-8`;
  if (compression === 'none') return `${encoding === 'utf8' ? 'cat' : recode} ${path} |`;
  const unpack = `${UNPACKERS[compression]} -dc ${path} |`;
  return encoding === 'utf8' ? unpack : `${unpack} ${recode} |`;
}
