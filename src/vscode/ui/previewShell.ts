/** The shell whose command is shown first. */
export function previewShell(): 'bash' | 'powershell' {
  return process.platform === 'win32' ? 'powershell' : 'bash';
}
