import { countLines } from '../bytes/countLines';
import { BACKSLASH } from './lexer/sqlBytes';

/** A place where psql may recognise a command. */
export interface PossibleCommand {
  /** Line number, from 1. */
  line: number;
  /** The text of a command, at most 200 characters; of a possible command only its name. */
  command: string;
}

/**
 * The commands of psql 12 to 18, without suffixes (`+`, `S`, `x`). Source: `exec_command` in psql,
 * compared with the output of `\?` of each major version.
 */
const COMMAND_NAMES: ReadonlySet<string> = new Set(
  `! ? a bind bind_named c C cd close close_prepared connect conninfo copy copyright crosstabview
   e echo edit ef elif else encoding endif endpipeline errverbose ev f flush flushrequest g gdesc
   getenv getresults gexec gset gx h H help html i if include include_relative ir l list o out p parse
   password print prompt pset q qecho quit r reset restrict s sendpipeline set setenv sf startpipeline
   sv syncpipeline t T timing unrestrict unset w warn watch write x z`.split(/\s+/),
);
/** Prefixes of commands, and of names that psql treats as commands. */
const COMMAND_PREFIXES = ['d', 'lo_'];
const LONGEST_NAME = 32;

/**
 * Can psql recognise the text after a backslash as a command? The command's name ends at a blank or
 * at the next backslash. For an unknown name psql reports an error and skips the rest of the line.
 */
export function mayBeCommand(name: string): boolean {
  if (COMMAND_PREFIXES.some((prefix) => name.startsWith(prefix))) return true;
  return COMMAND_NAMES.has(name) || COMMAND_NAMES.has(name.replace(/[+SxX]+$/, ''));
}

/**
 * Looks for backslashes that can begin a command of psql. Where psql looks for commands depends on
 * answers of the server, on settings, and on the client encoding, so this class treats all places
 * alike: strings, comments and COPY rows, too. COPY's escapes `\N`, `\.` and `\\` are never commands.
 */
export class CommandGuard {
  found: PossibleCommand | null = null;
  private lines = 1;
  private held: Buffer = Buffer.alloc(0);

  /** Returns the bytes that are harmless, of `piece` and of bytes that were held back before. */
  push(piece: Buffer): Buffer {
    return this.check(this.held.length === 0 ? piece : Buffer.concat([this.held, piece]), false);
  }

  /** To be called at the end of the script: returns the bytes that were held back. */
  end(): Buffer {
    return this.check(this.held, true);
  }

  private check(bytes: Buffer, last: boolean): Buffer {
    let counted = 0;
    this.held = Buffer.alloc(0);
    for (let at = bytes.indexOf(BACKSLASH); at >= 0; at = bytes.indexOf(BACKSLASH, at + 1)) {
      const end = endOfName(bytes, at + 1);
      if (end < 0 && !last) {
        // Copied: the memory of the piece may be used again before the next one comes.
        this.held = Buffer.from(bytes.subarray(at));
        this.lines += countLines(bytes, counted, at);
        return bytes.subarray(0, at);
      }
      const name = bytes.toString('latin1', at + 1, end < 0 ? bytes.length : end);
      if (!mayBeCommand(name)) continue;
      this.lines += countLines(bytes, counted, at);
      counted = at;
      // Only the name is kept, because the text after it may be data.
      this.found = { line: this.lines, command: `\\${name}` };
      return bytes.subarray(0, at);
    }
    this.lines += countLines(bytes, counted, bytes.length);
    return bytes;
  }
}

/** Yields a script up to the first backslash that can begin a command, then throws `refusal`. */
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

/** End of the name that begins at `start`; -1 = the name may continue after the last byte. */
function endOfName(bytes: Buffer, start: number): number {
  const limit = Math.min(bytes.length, start + LONGEST_NAME);
  for (let i = start; i < limit; i++) if (bytes[i]! <= 32 || bytes[i] === BACKSLASH) return i;
  return limit === start + LONGEST_NAME ? limit : -1;
}
