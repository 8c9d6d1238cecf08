/**
 * Milliseconds of processor time that this process has used, all of its threads together. Limits on
 * how long something may take are given in it: other processes do not count.
 */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
