/** Is the statement CREATE DATABASE or DROP DATABASE? */
export function makesDatabase([first, second]: readonly string[]): boolean {
  return (first === 'create' || first === 'drop') && second === 'database';
}

/**
 * Is the statement about a database as a whole rather than its contents? True for CREATE, ALTER and
 * DROP DATABASE, its comment, privileges and label, and the settings of roles in it.
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

/** The database's name in such a statement, as it is written there. */
export function databaseOf(tokens: readonly string[]): string {
  const at = tokens[0] === 'alter' && isRole(tokens[1]) ? 4 : tokens.indexOf('database');
  return tokens[at + (tokens[at + 1] === 'if' && tokens[at + 2] === 'exists' ? 3 : 1)] ?? '';
}

function isRole(word: string | undefined): boolean {
  return word === 'role' || word === 'user';
}

/** `ALTER ROLE name IN DATABASE name SET …`; the role may be called `in`. */
function inDatabase(tokens: readonly string[]): boolean {
  return tokens[3] === 'in' && tokens[4] === 'database';
}

/** Names come after the first ON of GRANT and SECURITY LABEL; before it there are keywords only. */
function isOnDatabase(tokens: readonly string[]): boolean {
  const at = tokens.indexOf('on');
  return at > 0 && tokens[at + 1] === 'database';
}
