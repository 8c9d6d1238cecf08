/** An absolute path on this or another operating system: `/x`, `C:\x`, `\\server\share`. */
export function isAbsolutePath(path: string): boolean {
  return /^(?:\/|[a-z]:[\\/]|\\\\[^\\])/i.test(path);
}

/** Ends with a separator, so it names a directory. */
export function endsWithSeparator(path: string): boolean {
  return path.endsWith('/') || (path.endsWith('\\') && !path.startsWith('/'));
}

/** The last part of a path of any system. */
export function baseName(path: string): string {
  const parts = path.split(/[\\/]/).filter((part) => part !== '');
  return parts.at(-1) ?? path;
}
