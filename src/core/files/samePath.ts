import { pathKey } from './pathKey';

/** Do both paths name the same place on this system? Links are not followed. */
export function samePath(
  a: string,
  b: string,
  platform: NodeJS.Platform = process.platform,
): boolean {
  return a === b || pathKey(a, platform) === pathKey(b, platform);
}

/** Is the path this folder, or below it? */
export function isWithin(
  path: string,
  folder: string,
  platform: NodeJS.Platform = process.platform,
): boolean {
  const place = pathKey(folder, platform);
  const key = pathKey(path, platform);
  if (key === place) return true;
  const separator = platform === 'win32' ? '\\' : '/';
  return key.startsWith(place.endsWith(separator) ? place : place + separator);
}
