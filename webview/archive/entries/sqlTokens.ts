export type TokenKind = 'plain' | 'keyword' | 'string' | 'comment' | 'number' | 'name';

export interface Token {
  kind: TokenKind;
  text: string;
}

const KEYWORDS = new Set(
  `add after all alter always analyze and any as asc attach authorization before begin between by
  cascade case cast check collate collation column comment commit concurrently connect constraint
  copy create cross current_date current_timestamp current_user cycle database declare default
  deferrable deferred delete desc disable distinct do domain drop each else elsif enable end enum
  except exception exclude execute exists extension false fetch for force foreign from full function
  generated grant group having identity if immutable in increment index inherit inherits initially
  inner insert instead intersect into is join key language large lateral left like limit local
  logged loop maxvalue materialized minvalue no not nothing null nulls object of offset on only
  operator option or order outer over owned owner parallel partition policy primary privileges
  procedure publication raise range reassign references refresh replace replica restrict return
  returning returns revoke right role row rows rule safe schema security select sequence serializable
  set setof some stable start statistics stdin storage strict subscription table tablespace temp
  temporary then to trigger true truncate type union unique unlogged update usage user using validate
  values view volatile when where while window with without`.split(/\s+/),
);

/**
 * Comments, strings (also in dollars), quoted names, numbers, words, and all the rest. A string that
 * does not end goes to the end of the text.
 */
const PATTERN =
  /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|((?:\b[eE])?'(?:[^'\\]|''|\\[\s\S])*(?:'|$)|(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?(?:\3|$))|("(?:[^"]|"")*(?:"|$))|(\b\d+(?:\.\d+)?\b)|([\p{L}_][\p{L}\p{N}_$]*)/gu;

/** SQL in pieces to be coloured; all pieces together are the text. */
export function sqlTokens(text: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  const push = (kind: TokenKind, piece: string): void => {
    const last = tokens.at(-1);
    if (last?.kind === kind) last.text += piece;
    else if (piece !== '') tokens.push({ kind, text: piece });
  };
  for (const match of text.matchAll(PATTERN)) {
    push('plain', text.slice(end, match.index));
    const [all, comment, string, , name, number] = match;
    end = match.index + all.length;
    if (comment !== undefined) push('comment', all);
    else if (string !== undefined) push('string', all);
    else if (name !== undefined) push('name', all);
    else if (number !== undefined) push('number', all);
    else push(KEYWORDS.has(all.toLowerCase()) ? 'keyword' : 'plain', all);
  }
  push('plain', text.slice(end));
  return tokens;
}
