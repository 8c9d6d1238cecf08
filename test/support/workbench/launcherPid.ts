/** Names the file into which the launcher of the tests' VS Code writes its process id. */
export const launcherPidVariable = 'PGBR_LAUNCHER_PID_FILE';
