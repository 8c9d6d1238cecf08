/** Which command preview stands first. */
export function previewShell(): 'bash' | 'powershell' {
  return process.platform === 'win32' ? 'powershell' : 'bash';
}
