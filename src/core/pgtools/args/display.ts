/** `powershell` is any PowerShell, as far as that is possible: see `verbatim`. */
export type Shell = 'bash' | 'powershell';

/** Never part of a command that is shown or typed. */
const SECRET_VARIABLES = new Set(['PGPASSWORD', 'PGSSLPASSWORD']);

/**
 * The command as one would type it into a shell to start the same program with the same arguments;
 * for reading and copying, never for running it ourselves.
 *
 * @param file path of the program
 * @param env variables to set for it; secrets are left out
 */
export function displayCommand(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> | undefined,
  shell: Shell,
): string {
  const variables = Object.entries(env ?? {}).filter(([name]) => !SECRET_VARIABLES.has(name));
  if (shell === 'bash') {
    const assignments = variables.map(([name, value]) => `${name}=${quoteForBash(value)}`);
    return [...assignments, ...[file, ...args].map(quoteForBash)].join(' ');
  }
  const assignments = variables.map(([name, value]) => `$env:${name} = ${literal(value)}; `);
  // Without & a quoted path is only a string.
  const program = quoteForPowerShell(file);
  const call = program === file ? program : `& ${program}`;
  const said = args.some(isLostInWindowsPowerShell) ? verbatim(args) : null;
  return assignments.join('') + [call, ...(said ?? args.map(quoteForPowerShell))].join(' ');
}

/**
 * Would PowerShell before 7.3 change the argument? It loses inner quotes and empty arguments, and
 * lets a backslash at the end escape the closing quote.
 */
function isLostInWindowsPowerShell(arg: string): boolean {
  return arg === '' || arg.includes('"') || /\s.*\\$/s.test(arg);
}

/**
 * The arguments after `--%`, from where every PowerShell hands the line to the program as it is, apart
 * from names of variables between percent signs; null where that, a pipe or a line break would be
 * misread: PowerShell 7.3 and newer take the usual quotes then.
 */
function verbatim(args: readonly string[]): string[] | null {
  if (args.some((arg) => /[%|&\r\n]/.test(arg))) return null;
  return ['--%', ...args.map(quoteForWindows)];
}

/** One argument as programs of Windows read their command line. */
export function quoteForWindows(text: string): string {
  if (text !== '' && !/[\s"]/.test(text)) return text;
  const inside = text.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&');
  return `"${inside}"`;
}

/** One word of bash that means exactly `text`. */
export function quoteForBash(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text) && !text.startsWith('=')) return text;
  // `--table='"a"."b"'` reads better than one pair of quotes around it all.
  const option = /^(--[a-z-]+=)(.+)$/s.exec(text);
  if (option) return `${option[1] ?? ''}${quoteForBash(option[2] ?? '')}`;
  // Line breaks and other control characters would not survive a terminal inside plain quotes.
  if (/[\u0000-\u001f\u007f]/.test(text)) return `$'${escapeControls(text)}'`;
  return text
    .split("'")
    .map((part) => (part === '' ? '' : `'${part}'`))
    .join("\\'")
    .replace(/^$/, "''");
}

function escapeControls(text: string): string {
  return text
    .replace(/[\\']/g, (c) => `\\${c}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r')
    .replace(/[\u0000-\u001f\u007f]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/**
 * One word of PowerShell that means exactly `text`. Words with dots and colons are quoted too:
 * PowerShell cuts some of them in two when they begin with a dash.
 */
export function quoteForPowerShell(text: string): string {
  return /^(?:--?)?[a-z0-9_][\w=/\\-]*$/i.test(text) ? text : literal(text);
}

/** Between single quotes only single quotes are special; PowerShell counts curly ones as such. */
function literal(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}
