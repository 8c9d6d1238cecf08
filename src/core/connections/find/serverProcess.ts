/** Programs that are the server, or start it and stay. */
const SERVERS = /^(?:postgres|postmaster|pg_ctl|pg_ctlcluster|patroni)$/;
/** Programs that people run in an image of PostgreSQL instead of the server. */
const OTHERS = /^(?:sleep|tail|cat|true|psql|pgbench|createdb|dropdb|initdb|crond?|pg_(?!ctl)\w+)$/;
/** Programs whose next word is a user. */
const AS_USER = /^(?:gosu|su-exec|setpriv|runuser)$/;
const WRAPPERS = /^(?:tini|dumb-init|catatonit|exec|env|nice|ionice|stdbuf|nohup|time)$/;
const SHELLS = /^(?:ba|da|a|z)?sh$/;

/**
 * Is the first process of a container a PostgreSQL server? Null: its words do not tell, because an
 * entry script decides what it starts.
 *
 * @param command the process with its arguments
 */
export function startsServer(command: readonly string[]): boolean | null {
  for (let at = 0; at < command.length; at++) {
    const word = command[at] ?? '';
    const program = word.replace(/^.*\//, '');
    if (AS_USER.test(program)) at++;
    else if (SHELLS.test(program)) return shellStartsServer(command.slice(at + 1));
    else if (SERVERS.test(program)) return true;
    else if (OTHERS.test(program)) return false;
    else if (!isPassedOver(word, program)) return null;
  }
  return null;
}

/** Entry scripts, options and assignments before the program. */
function isPassedOver(word: string, program: string): boolean {
  return (
    word.startsWith('-') ||
    /^\w+=/.test(word) ||
    WRAPPERS.test(program) ||
    /\.(?:ba)?sh$|entrypoint/.test(program)
  );
}

/** `sh -c "…"`: one of its commands is the server. `sh script.sh` does not tell. */
function shellStartsServer(args: readonly string[]): boolean | null {
  const at = args.findIndex((word) => /^-[a-z]*c$/.test(word));
  if (at < 0) return args.some((word) => !word.startsWith('-')) ? startsServer(args) : false;
  const commands = (args[at + 1] ?? '').split(/[;&|\n(){}]+/);
  return commands.some((text) => startsServer(text.trim().split(/\s+/)) === true);
}

/** The port that the server's arguments state: `-p 5433`, `-c port=5433`, `--port=5433`. */
export function statedPort(command: readonly string[]): number | undefined {
  const text = command.join('\n');
  const [, port] = /\n(?:-p\n?|-c\n?port=|--port[=\n])(\d{1,5})(?=\n|$)/.exec(text) ?? [];
  return port === undefined ? undefined : Number(port);
}
