/** CREATE DATABASE and DROP DATABASE. */
export function makesDatabase([first, second]: readonly string[]): boolean {
  return (first === 'create' || first === 'drop') && second === 'database';
}

/**
 * Is it about a database as a whole, and not about what is in it? So are CREATE, ALTER and DROP
 * DATABASE, its comment, privileges and label, and the settings of roles in it.
 */
export function isAboutDatabase(tokens: readonly string[]): boolean {
  const [first, second] = tokens;
  switch (first) {
    case 'create':
    case 'alter':
    case 'drop':
      if (second === 'database') return true;
      return first === 'alter' && isRole(second) && inDatabase(tokens);
    case 'comment':
      return second === 'on' && tokens[2] === 'database';
    case 'grant':
    case 'revoke':
      return isOnDatabase(tokens);
    case 'security':
      return isOnDatabase(tokens);
    default:
      return false;
  }
}

/** The database that a statement of that kind is about, as it writes the name. */
export function databaseOf(tokens: readonly string[]): string {
  const at = tokens[0] === 'alter' && isRole(tokens[1]) ? 4 : tokens.indexOf('database');
  return tokens[at + (tokens[at + 1] === 'if' && tokens[at + 2] === 'exists' ? 3 : 1)] ?? '';
}

function isRole(word: string | undefined): boolean {
  return word === 'role' || word === 'user';
}

/** `ALTER ROLE name IN DATABASE name SET …`; the name may be `in` itself. */
function inDatabase(tokens: readonly string[]): boolean {
  return tokens[3] === 'in' && tokens[4] === 'database';
}

/** The first ON of GRANT and SECURITY LABEL says on what: the words before it are keywords. */
function isOnDatabase(tokens: readonly string[]): boolean {
  const at = tokens.indexOf('on');
  return at > 0 && tokens[at + 1] === 'database';
}
