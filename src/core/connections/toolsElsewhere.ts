import type { ConnectionProfile, ToolsElsewhere } from '../model/profile';
import { isImageName, isPlaceName } from '../pgtools/args/toolPlace';
import type { ParsedUrl } from './url/parseUrl';

/**
 * Reads `tools` of an entry: an object with `container`, `image` or `wsl`; beside the first two, `by`
 * may name the container engine. null = the value is invalid.
 */
export function readToolsElsewhere(value: unknown): ToolsElsewhere | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { container, image, wsl, by, ...others } = value as Record<string, unknown>;
  const stated = [container, image, wsl].filter((one) => one !== undefined);
  if (stated.length !== 1 || Object.keys(others).length > 0) return null;
  if (typeof wsl === 'string') return by === undefined && isPlaceName(wsl) ? { wsl } : null;
  if (by !== undefined && by !== 'docker' && by !== 'podman') return null;
  const engine: { by?: 'docker' | 'podman' } = by === undefined ? {} : { by };
  if (typeof container === 'string' && isPlaceName(container)) return { container, ...engine };
  if (typeof image === 'string' && isImageName(image)) return { image, ...engine };
  return null;
}

/** For display: `container db`, `image postgres:17`. */
export function describeTools(tools: ToolsElsewhere): string {
  if ('container' in tools) return tools.container;
  return 'image' in tools ? tools.image : tools.wsl;
}

/** The first field of an entry that cannot be combined with `tools`; null = there is none. */
export function besideTools(
  { ssh }: Pick<ConnectionProfile, 'ssh'>,
  { service, sslRootCert, sslCert, sslKey }: Partial<ParsedUrl>,
): 'ssh' | 'service' | 'sslRootCert' | 'sslCert' | 'sslKey' | null {
  if (ssh !== undefined) return 'ssh';
  if (service !== undefined) return 'service';
  // `system` stands for the certificates of whichever system the tools run on.
  if (sslRootCert !== undefined && sslRootCert !== 'system') return 'sslRootCert';
  if (sslCert !== undefined) return 'sslCert';
  return sslKey === undefined ? null : 'sslKey';
}
