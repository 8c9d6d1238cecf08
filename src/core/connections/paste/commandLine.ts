import type { Draft } from './draft';
import { dictionary } from '../../dictionary';

/** Commands with connection options, which are nearly the same for all of them. */
const TOOLS =
  /^(?:psql|pg_dump|pg_dumpall|pg_restore|pgcli|createdb|dropdb|vacuumdb|reindexdb|pg_isready|pgbench|pg_basebackup)(?:-\d+(?:\.\d+)?)?(?:\.exe)?$/i;
/** Commands that run another command in a different place: on a host, in a container. */
const ELSEWHERE =
  /^(?:ssh|docker|podman|kubectl|oc|docker-compose|heroku|fly|flyctl|wsl|lxc|nerdctl)$/i;
const BEFORE = /^(?:sudo|env|time|exec|export|set|nohup|command|\$|>|%|&)$/i;

/** Long names of the short options about the connection. */
const SHORT = dictionary<string | undefined>({
  h: 'host',
  p: 'port',
  U: 'username',
  d: 'dbname',
});
/** Short options without a value, where the tools differ. */
const PSQL_FLAGS = 'aAbeEHlnNqsStwWxXz01V?';
const OTHER_FLAGS = 'abBcCgOrsvwWxXV?1';

interface ShellWords {
  words: string[];
  /** Everything after the command: a pipe, a redirection, another command. */
  rest: string;
  /** Would the shell run a command to get a value? */
  substitutes: boolean;
}

/** Splits a line as a shell would, with quotes and backslashes. An open quote extends to the end. */
function shellWords(line: string): ShellWords {
  const words: string[] = [];
  let word = '';
  let inWord = false;
  let substitutes = false;
  let at = 0;
  for (; at < line.length; at++) {
    const c = line.charAt(at);
    if (c === "'") {
      const end = line.indexOf("'", at + 1);
      const stop = end < 0 ? line.length : end;
      word += line.slice(at + 1, stop);
      inWord = true;
      at = stop;
    } else if (c === '"') {
      inWord = true;
      for (at++; at < line.length && line[at] !== '"'; at++) {
        if (line[at] === '\\' && /["\\$`]/.test(line.charAt(at + 1))) at++;
        else if (line[at] === '`' || line.startsWith('$(', at)) substitutes = true;
        word += line.charAt(at);
      }
    } else if (c === '\\' && at + 1 < line.length) {
      at++;
      // Before a blank, the line's continuation was lost; before a letter, it is a Windows path.
      if (/\s/.test(line.charAt(at)) && !inWord) continue;
      word += /[\w]/.test(line.charAt(at)) ? `\\${line.charAt(at)}` : line.charAt(at);
      inWord = true;
    } else if (/\s/.test(c)) {
      if (inWord) words.push(word);
      word = '';
      inWord = false;
    } else if (/[|;<>]/.test(c) || (c === '&' && /^&?(?:\s|$|&)/.test(line.slice(at + 1)))) {
      break;
    } else {
      inWord = true;
      const open = c === '`' ? '`' : line.startsWith('$(', at) ? ')' : '';
      if (open === '') word += c;
      else {
        substitutes = true;
        const end = line.indexOf(open, at + 1);
        at = end < 0 ? line.length : end;
      }
    }
  }
  if (inWord) words.push(word);
  return { words, rest: line.slice(at), substitutes };
}

/** The connection in a command line. */
export interface CommandLine {
  /** Assignments before the command: `PGPASSWORD=…`. */
  assignments: [name: string, value: string][];
  /** Options by their long names: `host`, `port`, `username`, `dbname`. */
  options: [name: string, value: string][];
}

/** null = the text is not a command line of a PostgreSQL tool. */
export function readCommandLine(draft: Draft, text: string): CommandLine | null {
  const { words, rest, substitutes } = shellWords(text);
  const assignments: [string, string][] = [];
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    const assigned = /^(?:\$env:)?([A-Za-z_]\w*)=(.*)$/s.exec(word);
    if (assigned !== null) assignments.push([assigned[1] ?? '', assigned[2] ?? '']);
    else if (!BEFORE.test(word)) break;
  }
  const command = words[at] ?? '';
  const name = command.replace(/^.*[/\\]/, '').toLowerCase();
  if (ELSEWHERE.test(name)) {
    const inner = words.slice(at + 1).some((word) => TOOLS.test(word.replace(/^.*[/\\]/, '')));
    if (!inner && !/\b(?:psql|pg_dump|pg_restore)\b/.test(text)) return null;
    draft.refuse(name, 'elsewhere');
    return { assignments: [], options: [] };
  }
  if (!TOOLS.test(name)) return null;
  if (substitutes) draft.refuse('$(…)', 'runsCommand');
  const options = optionsOf(draft, name, words.slice(at + 1));
  if (rest.trim() !== '') draft.drop(rest.trim().slice(0, 1), 'behindCommand');
  return { assignments, options };
}

function optionsOf(draft: Draft, tool: string, words: readonly string[]): [string, string][] {
  const options: [string, string][] = [];
  const free: string[] = [];
  const isPsql = /^(?:psql|pgcli)/.test(tool);
  const flags = isPsql ? PSQL_FLAGS : OTHER_FLAGS;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const long = /^--([\w-]+)(?:=(.*))?$/s.exec(word);
    const short = /^-(.)(.*)$/s.exec(word);
    if (word === '--') {
      free.push(...words.slice(at + 1));
      break;
    }
    if (long !== null) {
      const name = (long[1] ?? '').toLowerCase();
      const known = /^(?:host|port|user(?:name)?|dbname|database)$/.test(name);
      if (known) options.push([name, long[2] ?? words[++at] ?? '']);
      else {
        draft.drop(`--${name}`, 'command');
        if (long[2] === undefined && takesValue(name)) at++;
      }
    } else if (short !== null) {
      const letter = short[1] ?? '';
      const attached = short[2] ?? '';
      const name = SHORT[letter];
      if (name === undefined) {
        draft.drop(`-${letter}`, 'command');
        if (attached === '' && !flags.includes(letter)) at++;
      } else options.push([name, attached === '' ? (words[++at] ?? '') : attached]);
    } else free.push(word);
  }
  // psql takes a database and a user as arguments, pg_dump a database, pg_restore a file.
  const positional = /^pg_restore/.test(tool) ? [] : isPsql ? ['dbname', 'username'] : ['dbname'];
  for (const [i, name] of positional.entries()) {
    const value = free[i];
    if (value !== undefined && !options.some(([known]) => known === name))
      options.push([name, value]);
  }
  return options;
}

/** Long options whose value is a separate word. */
function takesValue(name: string): boolean {
  return /^(?:command|file|set|variable|output|log-file|format|jobs|schema|exclude-schema|table|exclude-table|exclude-table-data|encoding|compress|role|superuser|section|lock-wait-timeout|field-separator|record-separator|pset|table-attr|extension|snapshot|filter)$/.test(
    name,
  );
}
