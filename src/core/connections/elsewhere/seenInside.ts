import type { ToolSearch } from '../../model/tools';
import type { ConnectionInput } from '../libpq';

/**
 * What a connection of tools that run elsewhere needs to know; undefined = they run here. The user's
 * password file is not where they are.
 */
export async function seenInside(
  { inside }: Pick<ToolSearch, 'inside'>,
  inherited: ConnectionInput['inherited'],
): Promise<ConnectionInput['inside']> {
  if (inside === undefined) return undefined;
  const { readPasswordFile } = await import('../ssh/passwordFile');
  return { dial: inside.dial, findPassword: await readPasswordFile(inherited) };
}
