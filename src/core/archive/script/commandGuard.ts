import { countLines } from '../bytes/countLines';
import { BACKSLASH } from './lexer/sqlBytes';

/** Where psql may see a command. */
export interface PossibleCommand {
  /** From 1. */
  line: number;
  /** The original text, at most 200 characters; for a possible command, only its name. */
  command: string;
}

/**
 * The commands of psql 12 to 18, without the marks that some of them end with (`+`, `S`, `x`):
 * its source's `exec_command`, checked against `\?` of each major.
 */
const COMMAND_NAMES: ReadonlySet<string> = new Set(
  `! ? a bind bind_named c C cd close close_prepared connect conninfo copy copyright crosstabview
   e echo edit ef elif else encoding endif endpipeline errverbose ev f flush flushrequest g gdesc
   getenv getresults gexec gset gx h H help html i if include include_relative ir l list o out p parse
   password print prompt pset q qecho quit r reset restrict s sendpipeline set setenv sf startpipeline
   sv syncpipeline t T timing unrestrict unset w warn watch write x z`.split(/\s+/),
);
/** Beginnings of names that are commands, or are treated like commands. */
const COMMAND_PREFIXES = ['d', 'lo_'];
const LONGEST_NAME = 32;

/**
 * Could psql take what follows a backslash for one of its commands? Up to a blank or the next
 * backslash it is the command's name; an unknown one is an error, with which psql passes over the
 * rest of the line.
 */
export function mayBeCommand(name: string): boolean {
  if (COMMAND_PREFIXES.some((prefix) => name.startsWith(prefix))) return true;
  return COMMAND_NAMES.has(name) || COMMAND_NAMES.has(name.replace(/[+SxX]+$/, ''));
}

/**
 * Looks for backslashes that could begin a command of psql if psql looked for one there. Where it
 * does depends on the server's answers, on settings and on the client encoding, so no place is taken
 * for safe: not in a string, not in a comment, not in COPY rows. Those of COPY's own escapes (`\N`,
 * `\.`, `\\`) begin no command wherever they stand.
 */
export class CommandGuard {
  found: PossibleCommand | null = null;
  private lines = 1;
  private held: Buffer = Buffer.alloc(0);

  /** The bytes that are found harmless, of `piece` and those held back before. */
  push(piece: Buffer): Buffer {
    return this.check(this.held.length === 0 ? piece : Buffer.concat([this.held, piece]), false);
  }

  /** Text that was held back until the end of the script. */
  end(): Buffer {
    return this.check(this.held, true);
  }

  private check(bytes: Buffer, last: boolean): Buffer {
    let counted = 0;
    this.held = Buffer.alloc(0);
    for (let at = bytes.indexOf(BACKSLASH); at >= 0; at = bytes.indexOf(BACKSLASH, at + 1)) {
      const end = endOfName(bytes, at + 1);
      if (end < 0 && !last) {
        this.held = bytes.subarray(at);
        this.lines += countLines(bytes, counted, at);
        return bytes.subarray(0, at);
      }
      const name = bytes.toString('latin1', at + 1, end < 0 ? bytes.length : end);
      if (!mayBeCommand(name)) continue;
      this.lines += countLines(bytes, counted, at);
      counted = at;
      // The following text may be data.
      this.found = { line: this.lines, command: `\\${name}` };
      return bytes.subarray(0, at);
    }
    this.lines += countLines(bytes, counted, bytes.length);
    return bytes;
  }
}

/** Passes a script on up to the first backslash that could begin a command; then throws `refusal`. */
export async function* refusingCommands(
  pieces: AsyncIterable<Buffer>,
  refusal: (found: PossibleCommand) => Error,
): AsyncGenerator<Buffer> {
  const guard = new CommandGuard();
  for await (const piece of pieces) {
    const harmless = guard.push(piece);
    if (guard.found !== null) throw refusal(guard.found);
    if (harmless.length > 0) yield harmless;
  }
  const rest = guard.end();
  if (guard.found !== null) throw refusal(guard.found);
  if (rest.length > 0) yield rest;
}

/** Where a name that begins there ends; -1 = it may go on behind the last byte. */
function endOfName(bytes: Buffer, start: number): number {
  const limit = Math.min(bytes.length, start + LONGEST_NAME);
  for (let i = start; i < limit; i++) if (bytes[i]! <= 32 || bytes[i] === BACKSLASH) return i;
  return limit === start + LONGEST_NAME ? limit : -1;
}
