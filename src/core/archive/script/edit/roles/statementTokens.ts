/** A word, a name or a string of a statement, and where it is in its text. */
export interface Token {
  text: string;
  at: number;
  /** How many parentheses are open before it. */
  depth: number;
}

/** Strings and comments are one token each, so that no word within them counts. */
const TOKEN =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[^]*?\*\/|\$(\w*)\$[^]*?\$\1\$|[\w$\x80-\xff]+|[^\s]/g;
const COMMENT = /^(?:--|\/\*)/;

/** The tokens of a statement, without comments. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [token] = match;
    if (COMMENT.test(token)) continue;
    if (token === ')') depth--;
    tokens.push({ text: token, at: match.index, depth });
    if (token === '(') depth++;
  }
  return tokens;
}

/** Is the token this word, outside of parentheses and not as a quoted name? */
export function isWord({ text, depth }: Token, word: string): boolean {
  return depth === 0 && text.toLowerCase() === word;
}
