/** Names that Windows keeps for devices, whatever follows a dot. */
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?= *(?:\.|$))/i;

/** A drive, or the beginning of a share's path, also behind the prefix that lifts limits. */
const ROOT = /^(?:\\\\\?\\)?(?:[a-z]:[\\/]|UNC\\|\\\\(?=[^\\?]))/i;

/**
 * Why Windows makes no file of that name: it is a device's, it has a character that is not allowed (a
 * colon would write into another stream of a file), or its last dots and spaces would be dropped, so
 * that the file would have another name than we know.
 */
export type WindowsNameFault = 'device' | 'character' | 'ending';

/** A part of a path that Windows does not take as it is. */
export interface FaultyName {
  name: string;
  fault: WindowsNameFault;
}

/** Would Windows take this part of a path for a device? */
export function isDeviceName(name: string): boolean {
  return RESERVED.test(name);
}

/**
 * The first part of a path that Windows does not take as it is; null = there is none, or the path is
 * not of Windows. `\\wsl.localhost` has names of Linux.
 */
export function windowsNameFault(path: string): FaultyName | null {
  if (/^\\\\\.(?:\\|$)/.test(path)) return { name: path, fault: 'device' };
  const root = ROOT.exec(path)?.[0];
  if (root === undefined || /^\\\\wsl(?:\$|\.localhost)\\/i.test(path)) return null;
  const names = path
    .slice(root.length)
    .split(/[\\/]+/)
    .filter((name) => !/^\.{0,2}$/.test(name));
  const last = names.at(-1);
  for (const name of names) {
    if (/[\u0000-\u001f<>:"|?*]/.test(name)) return { name, fault: 'character' };
    if (isDeviceName(name)) return { name, fault: 'device' };
    if (name === last && /[. ]$/.test(name)) return { name, fault: 'ending' };
  }
  return null;
}
