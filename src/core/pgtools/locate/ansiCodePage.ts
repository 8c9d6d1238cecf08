import { execFile } from 'node:child_process';
import path from 'node:path';

/** The number of UTF-8 among the code pages of Windows. */
const UTF8 = 65001;
/** Milliseconds in which Windows' `reg` has to answer. */
const LIMIT_MS = 5000;
const KEY = String.raw`HKLM\SYSTEM\CurrentControlSet\Control\Nls\CodePage`;

let asked: Promise<boolean> | undefined;
let known = false;

/**
 * Does Windows hand programs their arguments in UTF-8? It does where the administrator has chosen so
 * for the whole system ("Use Unicode UTF-8 for worldwide language support"), which needs a restart:
 * it is asked once. On other systems arguments are bytes, and this is false.
 */
export function argumentsAreUtf8(): Promise<boolean> {
  if (process.platform !== 'win32') return Promise.resolve(false);
  return (asked ??= readCodePage().then((page) => (known = page === UTF8)));
}

/** What {@link argumentsAreUtf8} has answered; false before. */
export function knowsUtf8Arguments(): boolean {
  return known;
}

/** The number in what `reg query … /v ACP` prints; null = there is none. */
export function codePageIn(printed: string): number | null {
  const digits = /^\s*ACP\s+REG_SZ\s+(\d+)\s*$/m.exec(printed)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Windows' ANSI code page; null = it could not be read. */
function readCodePage(): Promise<number | null> {
  const system = process.env['SystemRoot'] ?? '';
  if (!path.isAbsolute(system)) return Promise.resolve(null);
  const reg = path.join(system, 'System32', 'reg.exe');
  const options = { cwd: path.dirname(reg), timeout: LIMIT_MS, windowsHide: true };
  return new Promise((resolve) => {
    execFile(reg, ['query', KEY, '/v', 'ACP'], options, (error, printed) =>
      resolve(error === null ? codePageIn(printed) : null),
    );
  });
}
