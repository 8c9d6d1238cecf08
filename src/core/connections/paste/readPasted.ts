import { redirectOf } from '../url/redirects';
import { takeAssignments } from './assignments';
import { readCommandLine } from './commandLine';
import { Draft, PasteError } from './draft';
import { adaptToHoster } from './hosts';
import { takeKeyValues } from './keyValue';
import { takeParameter } from './parameters';
import type { PastedConnection, PasteResult, TakenPart } from './pasted';
import { profileOf } from './profileOf';
import { takeUrl } from './url';
import { referencedVariable, unwrapped } from './unwrap';
import { TARGET_FIELDS } from '../../model/profile';

/** A longer text is a file that was pasted by mistake, and is not read. */
const MAX_LENGTH = 16_384;

/**
 * Reads a connection from text in any common form: URLs of all drivers, connection strings of libpq,
 * .NET, ODBC and PHP, command lines of psql and pg_dump, lines of .env, YAML and source files. Secrets
 * are returned separately; no other part of the result holds one.
 */
export function readPasted(text: string): PasteResult {
  try {
    if (text.trim() === '') throw new PasteError('empty');
    if (text.length > MAX_LENGTH) throw new PasteError('notUnderstood');
    const draft = new Draft();
    const reference = takeText(draft, text);
    if (reference !== undefined) return referenceTo(reference, draft);
    return finished(draft);
  } catch (error) {
    if (!(error instanceof PasteError)) throw error;
    return { problem: error.problem, ...(error.named === undefined ? {} : { name: error.named }) };
  }
}

/**
 * Reads a connection from separate parts, under any of the names that connection strings use.
 */
export function readParts(parts: readonly (readonly [name: string, value: string])[]): PasteResult {
  try {
    const draft = new Draft();
    for (const [name, value] of parts) takeParameter(draft, name, value);
    return finished(draft);
  } catch (error) {
    if (!(error instanceof PasteError)) throw error;
    return { problem: error.problem };
  }
}

/** @returns the name of the variable, where the whole text is a reference to one */
function takeText(draft: Draft, text: string): string | undefined {
  const line = text.trim().replace(/^\$\s+/, '');
  const command = readCommandLine(draft, line);
  if (command !== null) {
    takeAssignments(draft, command.assignments);
    let reference: string | undefined;
    for (const [name, value] of command.options) {
      if (name === 'dbname') reference = takeDatabase(draft, value) ?? reference;
      else takeParameter(draft, name, value);
    }
    return reference;
  }
  const assigned = [...line.matchAll(/(?:^|\s)(PG[A-Z]+)=("[^"]*"|'[^']*'|\S*)/g)];
  if (assigned[0]?.index === 0 || (assigned.length > 0 && /^export\s/.test(line))) {
    takeAssignments(
      draft,
      assigned.map(([, name = '', value = '']) => [name, value.replace(/^(["'])(.*)\1$/s, '$2')]),
    );
    return undefined;
  }
  const inner = unwrapped(line);
  const reference = referencedVariable(inner);
  if (reference !== undefined) return reference;
  if (takeUrl(draft, inner) || takeKeyValues(draft, inner)) return undefined;
  if (!takeBare(draft, inner)) throw new PasteError('notUnderstood');
  return undefined;
}

/** The database argument of psql and pg_dump may also be a URL or a connection string. */
function takeDatabase(draft: Draft, value: string): string | undefined {
  const reference = referencedVariable(value);
  if (reference !== undefined) return reference;
  if (!takeUrl(draft, value) && !takeKeyValues(draft, value)) draft.state('database', value);
  return undefined;
}

/** `db.example:5432/shop`, `ann@db.example/shop`, `/var/run/postgresql`. */
function takeBare(draft: Draft, text: string): boolean {
  if (/^(?:\/[\w.-]+)+$/.test(text)) {
    draft.state('host', text);
    return true;
  }
  const name = String.raw`[\w.-]+`;
  const bare = new RegExp(
    String.raw`^(?:${name}(?::[^\s]*)?@)?(?:${name}|\[[0-9a-f:.]+\])(?::\d+)?(?:/[^\s/]*)?$`,
    'i',
  );
  return !/^\w*dbc:/i.test(text) && bare.test(text) && takeUrl(draft, `postgresql://${text}`);
}

function referenceTo(variable: string, draft: Draft): PastedConnection {
  const url = `\${env:${variable}}`;
  return {
    profile: { url },
    secretTexts: [],
    taken: [{ field: 'url', value: url }],
    dropped: draft.dropped,
    refused: draft.refused,
    notes: [],
  };
}

function finished(draft: Draft): PastedConnection {
  const { target } = draft;
  if (target.port !== undefined && !isPortList(target.port)) throw new PasteError('badPort');
  judge(draft);
  const notes = adaptToHoster(target, draft.pooled);
  const said = [target.host, target.database, target.user, target.service].some(Boolean);
  if (!said && draft.refused.length === 0 && !draft.dropped.some(isMissing)) {
    throw new PasteError('notUnderstood');
  }
  return {
    profile: profileOf(target),
    ...(draft.password === undefined ? {} : { password: draft.password }),
    ...(draft.keyPassphrase === undefined ? {} : { keyPassphrase: draft.keyPassphrase }),
    secretTexts: draft.secretTexts,
    taken: takenParts(draft),
    dropped: draft.dropped,
    refused: draft.refused,
    notes,
  };
}

function isMissing({ reason }: { reason: string }): boolean {
  return reason === 'placeholder';
}

function isPortList(text: string): boolean {
  return text.split(',').every((p) => p === '' || (/^\d{1,5}$/.test(p) && +p >= 1 && +p <= 65535));
}

/** Refuses what a workspace's entry must not state either: the text can come from anybody. */
function judge(draft: Draft): void {
  const redirect = redirectOf(draft.target, 'workspace');
  if (redirect === null) return;
  draft.refuse(
    redirect.field,
    redirect.problem === 'besideService' ? 'besideService' : 'otherAddress',
  );
}

function takenParts({ target, password, keyPassphrase }: Draft): TakenPart[] {
  const parts: TakenPart[] = [];
  for (const field of TARGET_FIELDS) {
    const value = target[field];
    if (value !== undefined) parts.push({ field, value });
  }
  for (const [name, value] of Object.entries(target.parameters)) {
    parts.push({ field: 'parameter', name, value });
  }
  if (password !== undefined) parts.push({ field: 'password', value: '' });
  if (keyPassphrase !== undefined) parts.push({ field: 'keyPassphrase', value: '' });
  return parts;
}
