import { isWord, type Token } from './statementTokens';

/** Kinds of objects whose names have arguments, or operands, in parentheses. */
const WITH_ARGUMENTS: ReadonlySet<string> = new Set(
  'function procedure routine aggregate operator'.split(' '),
);
/** First words of kinds that have two words, and of those that have three. */
const TWO_WORDS: ReadonlySet<string> = new Set(
  'materialized foreign large event procedural'.split(' '),
);

/** Where the name of an altered object begins, by the words of its kind. */
function nameOf(tokens: readonly Token[]): number {
  const word = (i: number): string => tokens[i]?.text.toLowerCase() ?? '';
  const [first, second] = [word(1), word(2)];
  let at = 2;
  if (first === 'text' && second === 'search') at = 4;
  else if (first === 'foreign' && second === 'data') at = 4;
  else if (TWO_WORDS.has(first)) at = 3;
  else if (first === 'operator' && (second === 'class' || second === 'family')) at = 3;
  if (word(at) === 'if' && word(at + 1) === 'exists') at += 2;
  return word(at) === 'only' ? at + 1 : at;
}

/** Where the first action of `ALTER kind name action, action` begins. */
function actionOf(tokens: readonly Token[]): number {
  const text = (i: number): string => tokens[i]?.text ?? '';
  let at = nameOf(tokens);
  if (WITH_ARGUMENTS.has(text(1).toLowerCase()) && at === 2) {
    // The name of an operator is made of signs, each of which is a token.
    if (text(1).toLowerCase() === 'operator') while (at < tokens.length && text(at) !== '(') at++;
    else at = nameEnd(tokens, at);
    if (text(at) !== '(') return at;
    const depth = tokens[at]?.depth ?? 0;
    do at++;
    while (at < tokens.length && !(text(at) === ')' && tokens[at]?.depth === depth));
    return at + 1;
  }
  at = nameEnd(tokens, at);
  // All partitions of a table; the index method of a class or family of operators.
  if (text(at) === '*') return at + 1;
  return text(at).toLowerCase() === 'using' ? at + 2 : at;
}

/** The index behind the `schema.name` that begins at `at`. */
export function nameEnd(tokens: readonly Token[], at: number): number {
  let end = at + 1;
  while (tokens[end]?.text === '.') end += 2;
  return end;
}

/**
 * The roles that an ALTER statement makes owners, `ALTER … OWNER TO role`. `owner` is also the name
 * of columns, tables and constraints: `ALTER TABLE t RENAME owner TO x` is about none.
 *
 * @returns `alone`: the statement does nothing else
 */
export function newOwners(tokens: readonly Token[]): { roles: Token[]; alone: boolean } {
  const roles: Token[] = [];
  let alone = true;
  const start = actionOf(tokens);
  for (let i = start; i < tokens.length; i++) {
    const begins = i === start || isWord(tokens[i - 1]!, ',');
    if (!begins) continue;
    const [owner, to, role] = tokens.slice(i, i + 3);
    if (owner && to && role && isWord(owner, 'owner') && isWord(to, 'to')) roles.push(role);
    else alone = false;
  }
  return { roles, alone: alone && roles.length > 0 };
}
