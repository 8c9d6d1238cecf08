import type { ToolVersion } from '../../model/tools';

/**
 * The version in what a tool prints for `--version`, e.g.
 * `pg_dump (PostgreSQL) 17.6 (Debian 17.6-1.pgdg12+1)`, `psql (PostgreSQL) 18beta1`,
 * `pg_dump (EnterpriseDB) 16.4.1`; null when it is something else.
 *
 * @returns `tool` is the name that the tool gives itself
 */
export function parseVersion(text: string): { tool: string; version: ToolVersion } | null {
  const match = /^(\w+)(?:\.exe)? \([^()]*\) (\d+)(?:\.(\d+))?((?:alpha|beta|rc|devel)\d*)?/.exec(
    text,
  );
  if (match === null) return null;
  const [, tool = '', major = '', minor, prerelease = ''] = match;
  return {
    tool,
    version: {
      major: Number(major),
      minor: minor === undefined ? 0 : Number(minor),
      text: `${major}${minor === undefined ? '' : `.${minor}`}${prerelease}`,
    },
  };
}

/** Orders versions; a beta or release candidate comes before the release. */
export function compareVersions(a: ToolVersion, b: ToolVersion): number {
  return a.major - b.major || a.minor - b.minor || finished(a) - finished(b);
}

function finished(version: ToolVersion): number {
  return /[a-z]/.test(version.text) ? 0 : 1;
}
