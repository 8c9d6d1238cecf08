import { countLines } from '../../../archive/bytes/countLines';
import { decompressed } from '../../../archive/compression/decompress';
import { refusingCommands, type PossibleCommand } from '../../../archive/script/commandGuard';
import { scanScript } from '../../../archive/script/plainScan';
import { editedScript } from '../../../archive/script/edit/editScript';
import { inOneDatabase } from '../../../archive/script/edit/scriptParts';
import { AppError } from '../../../errors';
import { scriptEncoding } from '../../../forms/form/archiveFacts';
import type { BackupInfo, Compression, ScriptEncoding } from '../../../model/archive';
import type { ToolVersion } from '../../../model/tools';
import { knowsRestrict, restrictReleases } from '../../../pgtools/catalogue/restrict';

interface ScriptBytes {
  compression: Compression;
  encoding: ScriptEncoding;
  signal: AbortSignal;
}

/**
 * Refuses a script that does more than fill the target: one that connects to another database and
 * does not make it, contains psql commands (which run programs by `\!`, `\copy … program` and
 * others), or was cut. A psql that cannot refuse commands gets no line that it could take for one.
 *
 * @param psql the version that will run it
 * @throws AppError `scriptSwitchesDatabase`, `scriptRunsCommands`, `scriptNeedsRestrict`,
 *   `scriptTorn`, `dumpFailed`, `archiveDamaged`; as `scanScript`
 */
export async function refuseScript(
  info: BackupInfo,
  database: string,
  psql: ToolVersion,
  signal: AbortSignal,
): Promise<void> {
  const { path, compression } = info;
  const bytes: ScriptBytes = { compression, encoding: scriptEncoding(info), signal };
  if (info.warnings.includes('metaCommands')) {
    const found = await findMetaCommand(path, bytes);
    if (found) throw new AppError('scriptRunsCommands', { path, ...found });
  }
  const elsewhere = info.connects.find((name) => name !== database);
  if (elsewhere !== undefined && !info.cluster && info.ownDatabase === undefined) {
    throw new AppError('scriptSwitchesDatabase', { path, database: elsewhere });
  }
  const { torn, failure } = info.strays ?? { torn: null, failure: null };
  if (torn) throw new AppError('scriptTorn', { path, ...torn });
  if (info.complete === false && failure !== null) {
    throw new AppError('dumpFailed', { path, text: failure });
  }
  // psql would run a script that was cut at the end of a line, and report no error.
  if (info.complete === false) {
    const offset = info.sizeBytes;
    throw new AppError('archiveDamaged', { path, offset, reading: 'end of the script' });
  }
  if (!knowsRestrict(psql)) await refusePossibleCommands(path, psql, bytes);
}

/** The first psql command of a script that is not one of pg_dump's own. */
async function findMetaCommand(
  path: string,
  options: ScriptBytes,
): Promise<PossibleCommand | null> {
  const { metaCommands } = await scanScript(path, options);
  const [first] = metaCommands;
  if (!first) return null;
  let line = 1;
  let left = first.offset;
  for await (const piece of decompressed(path, options.compression, options)) {
    const part = piece.subarray(0, left);
    line += countLines(part, 0, part.length);
    left -= part.length;
    if (left <= 0) break;
  }
  return { line, command: first.text };
}

/** The error for a script that may contain commands, with a psql that cannot refuse them. */
export function commandRefusal(
  path: string,
  { text }: ToolVersion,
): (found: PossibleCommand) => AppError<'scriptNeedsRestrict'> {
  return (found) => {
    const needs = restrictReleases();
    return new AppError('scriptNeedsRestrict', { path, psql: text, needs, ...found });
  };
}

/** Reads a script to its end, as a psql that cannot refuse commands would get it. */
async function refusePossibleCommands(
  path: string,
  version: ToolVersion,
  options: ScriptBytes,
): Promise<void> {
  const bytes = inOneDatabase(editedScript(decompressed(path, options.compression, options)));
  const guarded = refusingCommands(bytes, commandRefusal(path, version));
  while ((await guarded.next()).done !== true);
}
