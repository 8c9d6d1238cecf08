/** Space and comments, texts, punctuation, and whatever else stands between these. */
const TOKEN =
  /\s+|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|"(?:[^"\\\n]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"/]+|[^]/gy;

interface Container {
  /** Of the value that comes next: its key, or its position. */
  at: string | number;
  /** In an object, whether a key comes next. */
  key: boolean;
}

/**
 * Where a value begins in JSON with comments, as settings are written: what is broken or unfinished
 * is read as far as it goes. Of a key that is there twice the last one counts, as for VS Code.
 *
 * @param path keys and positions, from the outermost to the value
 * @returns an offset in UTF-16 units, or null when there is no such value
 */
export function jsonPosition(text: string, path: readonly (string | number)[]): number | null {
  const containers: Container[] = [];
  let found: number | null = null;
  const isTarget = (): boolean =>
    containers.length === path.length && containers.every(({ at }, i) => at === path[i]);
  for (const match of text.matchAll(TOKEN)) {
    const [token] = match;
    const inner = containers.at(-1);
    if (/^(?:\s|\/[/*])/.test(token)) continue;
    switch (token) {
      case '}':
      case ']':
        containers.pop();
        continue;
      case ',':
        if (typeof inner?.at === 'number') inner.at += 1;
        else if (inner !== undefined) inner.key = true;
        continue;
      case ':':
        continue;
    }
    if (inner?.key === true && token.startsWith('"')) {
      inner.at = keyOf(token);
      inner.key = false;
      continue;
    }
    if (isTarget()) found = match.index;
    if (token === '{') containers.push({ at: '', key: true });
    else if (token === '[') containers.push({ at: 0, key: false });
  }
  return found;
}

function keyOf(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token.slice(1, -1);
  }
}
