/**
 * Variables of Windows that name folders. Others are left as they stand: a workspace's setting must
 * not choose which variable of the user becomes part of a path, perhaps on somebody's server.
 */
const FOLDERS: ReadonlySet<string> = new Set([
  ...['USERPROFILE', 'HOMEDRIVE', 'HOMEPATH', 'APPDATA', 'LOCALAPPDATA', 'PUBLIC', 'TEMP', 'TMP'],
  ...['PROGRAMFILES', 'PROGRAMFILES(X86)', 'PROGRAMW6432', 'PROGRAMDATA', 'SYSTEMDRIVE'],
  ...['ONEDRIVE', 'ONEDRIVECONSUMER', 'ONEDRIVECOMMERCIAL'],
]);

/** A path as people write it on Windows: `%USERPROFILE%\backups`. Unchanged on other systems. */
export function expandFolders(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string {
  if (platform !== 'win32') return text;
  return text.replace(/%([^%]+)%/g, (whole, name: string) => {
    const wanted = name.toUpperCase();
    if (!FOLDERS.has(wanted)) return whole;
    const found = Object.keys(env).find((key) => key.toUpperCase() === wanted);
    return (found !== undefined && env[found]) || whole;
  });
}
