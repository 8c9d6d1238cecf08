/** A path of this system as Wine shows it to Windows' programs. */
export function windowsPath(file: string): string {
  return `Z:${file.replaceAll('/', '\\')}`;
}
