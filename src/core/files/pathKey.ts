/**
 * A key for the place that a path names: paths with equal keys name the same place on that system.
 * Windows ignores case, takes both separators, and drops dots and spaces at the end of a name;
 * `\\?\` only lifts limits. macOS ignores case and how accents are composed. On Linux every byte
 * counts, also where Windows shows a distribution of WSL. Links are not followed, and relative paths
 * are not made absolute.
 *
 * @param platform as `process.platform`
 */
export function pathKey(path: string, platform: string): string {
  if (platform !== 'win32') {
    const whole = withoutDots(path, '/');
    return platform === 'darwin' ? folded(whole.normalize('NFC')) : whole;
  }
  const plain = path
    .replaceAll('/', '\\')
    .replace(/^\\\\\?\\UNC\\/i, '\\\\')
    .replace(/^\\\\\?\\(?=[a-z]:)/i, '')
    .replace(/^\\\\wsl\$(?=\\)/i, '\\\\wsl.localhost');
  const whole = withoutDots(plain, '\\');
  const distribution = /^\\\\wsl\.localhost\\[^\\]+/i.exec(whole)?.[0];
  if (distribution !== undefined) return folded(distribution) + whole.slice(distribution.length);
  const names = whole.split('\\');
  return folded(names.map((name) => name.replace(/[. ]+$/, '') || name).join('\\'));
}

/** The system of a path, by its form: only Windows has drives and `\\server`. */
export function platformOfPath(path: string): 'win32' | 'linux' {
  return /^(?:[a-z]:[\\/]|\\\\)/i.test(path) ? 'win32' : 'linux';
}

/** Resolves `.`, `..` and redundant separators. */
function withoutDots(path: string, separator: string): string {
  const root = rootOf(path, separator);
  const names: string[] = [];
  for (const name of path.slice(root.length).split(separator)) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.length > 0 && names.at(-1) !== '..') names.pop();
    else if (root === '') names.push(name);
  }
  return root + names.join(separator);
}

function rootOf(path: string, separator: string): string {
  if (separator === '/') return path.startsWith('/') ? '/' : '';
  const unc = /^\\\\[^\\]+\\[^\\]+/.exec(path)?.[0];
  return unc === undefined ? (/^(?:[a-z]:)?\\?/i.exec(path)?.[0] ?? '') : `${unc}\\`;
}

/**
 * As file systems compare: letter by letter, so that nothing gets longer, and only letters that have
 * each other as their case (the dotless i is no I).
 */
function folded(text: string): string {
  let result = '';
  for (const letter of text) {
    const upper = letter.toUpperCase();
    const isPair = upper.length === letter.length && upper.toLowerCase() === letter;
    result += isPair ? upper : letter;
  }
  return result;
}
