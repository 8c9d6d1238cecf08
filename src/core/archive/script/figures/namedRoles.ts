import { unquote } from '../createStatements';

/** More are not told, because a small compressed script could name billions. */
const MAX_ROLES = 1000;

/** Words in place of a role that are none. */
const NO_ROLE: ReadonlySet<string> = new Set([
  'public',
  'current_user',
  'current_role',
  'session_user',
]);

/** Words that can follow a list of roles. */
const AFTER_ROLES: ReadonlySet<string> = new Set([
  ...['with', 'granted', 'cascade', 'restrict'],
  ...['in', 'grant', 'revoke', 'using', 'server'],
]);

type Words = readonly string[];

/**
 * Roles that have to be there for the statements of a script, from their first words, names and
 * strings, which have no commas among them. A statement that is too long to be seen whole tells none.
 */
export class NamedRoles {
  readonly owners = new Set<string>();
  /** Also those that grant, and those whose later objects get other privileges. */
  readonly grantees = new Set<string>();
  /** Of policies and user mappings. */
  readonly others = new Set<string>();

  /** @param tokens as `SqlEvents.statement` has them */
  add(tokens: Words): void {
    const [first, second = ''] = tokens;
    if (first === 'grant' || first === 'revoke') this.privileges(tokens);
    else if (first === 'alter') this.altered(second, tokens);
    else if (first === 'create') this.created(second, tokens);
  }

  private altered(second: string, tokens: Words): void {
    if (second === 'default') {
      const grant = tokens.findIndex((word) => word === 'grant' || word === 'revoke');
      const of = tokens.findIndex((word) => word === 'role' || word === 'user');
      if (of >= 0 && of < grant) note(this.grantees, rolesAt(tokens, of + 1));
      if (grant >= 0) this.privileges(tokens.slice(grant));
    } else if (second === 'policy') this.policy(tokens);
    else if (!tokens.includes('rename')) {
      const [owner, to, role] = tokens.slice(-3);
      if (owner === 'owner' && to === 'to' && role !== undefined) note(this.owners, [role]);
    }
  }

  private created(second: string, tokens: Words): void {
    if (second === 'policy') this.policy(tokens);
    else if (second === 'user' && tokens[2] === 'mapping') {
      const at = tokens.indexOf('for');
      if (at >= 0) note(this.others, tokens.slice(at + 1, at + 2));
    } else if (second === 'schema') {
      const at = tokens.indexOf('authorization');
      if (at >= 0) note(this.owners, tokens.slice(at + 1, at + 2));
    }
  }

  /** `GRANT … ON … TO role` and `GRANT role TO role`; REVOKE likewise. */
  private privileges(tokens: Words): void {
    const to = tokens.findIndex((word) => word === 'to' || word === 'from');
    if (to < 0) return;
    note(this.grantees, rolesAt(tokens, to + 1));
    const by = tokens.indexOf('granted', to);
    if (by >= 0) note(this.grantees, tokens.slice(by + 2, by + 3));
    const before = tokens.slice(1, to);
    if (before.includes('on')) return;
    note(this.grantees, before.slice(before.indexOf('for') + 1));
  }

  private policy(tokens: Words): void {
    const end = tokens.findIndex((word) => word === 'using' || word === 'check');
    const to = tokens.indexOf('to');
    if (to >= 0 && (end < 0 || to < end)) note(this.others, rolesAt(tokens, to + 1));
  }
}

/** The first one may have the name of a word that can follow. */
function rolesAt(tokens: Words, from: number): Words {
  const at = tokens[from] === 'group' ? from + 1 : from;
  const end = tokens.findIndex((word, i) => i > at && AFTER_ROLES.has(word));
  return tokens.slice(at, end < 0 ? tokens.length : end).filter((word) => word !== 'group');
}

function note(roles: Set<string>, words: Words): void {
  for (const word of words) {
    if (roles.size < MAX_ROLES && !NO_ROLE.has(word)) roles.add(unquote(word));
  }
}
