/**
 * What a supervisor and a guard need of the environment to run at all. Nothing else gets there: not
 * what would change Node itself (NODE_OPTIONS), not what belongs to the window (VSCODE_…), and no
 * password. Tools get theirs from the message that starts the job.
 */
const KEPT = [
  'HOME',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'APPDATA',
  'LOCALAPPDATA',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'windir',
  'PATH',
  'LANG',
  'LC_ALL',
  'LD_LIBRARY_PATH',
  // docker and podman find their engine by these; a tool may have to be ended there.
  'XDG_RUNTIME_DIR',
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
  'DOCKER_CERT_PATH',
  'DOCKER_TLS_VERIFY',
  'CONTAINER_HOST',
  'CONTAINER_CONNECTION',
  'CONTAINERS_CONF',
  'CONTAINERS_STORAGE_CONF',
];

/** The environment by which `process.execPath` runs a script, also where it is Electron's. */
export function scriptEnvironment(
  from: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const env: Record<string, string> = { ELECTRON_RUN_AS_NODE: '1' };
  for (const name of KEPT) {
    const value = from[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}
