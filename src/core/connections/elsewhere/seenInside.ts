import type { ToolSearch } from '../../model/tools';
import type { ConnectionInput } from '../libpq';

/**
 * What `buildConnection` needs for tools that run elsewhere; undefined = the tools run here. The
 * user's password file is read here, because it does not exist where the tools run.
 */
export async function seenInside(
  { inside }: Pick<ToolSearch, 'inside'>,
  inherited: ConnectionInput['inherited'],
): Promise<ConnectionInput['inside']> {
  if (inside === undefined) return undefined;
  const { readPasswordFile } = await import('../ssh/passwordFile');
  return { dial: inside.dial, findPassword: await readPasswordFile(inherited) };
}
