/** What is asked for: the secret of a login, of a key, of a security key, or what a server words itself. */
export type SshSecret = 'password' | 'passphrase' | 'pin' | 'other';

/** A text that the user has to type. */
export interface SshSecretPrompt {
  kind: 'secret';
  secret: SshSecret;
  /** The login (`user@host`), or the file of the key; '' = not known for certain. */
  whose: string;
  /** The words of the prompt. Those of `other` are the server's. */
  text: string;
}

/** A server's key that is not among the known ones. */
export interface SshHostKeyPrompt {
  kind: 'hostKey';
  host: string;
  port: string;
  /** The address that the name leads to; '' = the same as the host. */
  address: string;
  keyType: string;
  /** `SHA256:…`; '' = the prompt has none. */
  fingerprint: string;
  /** What else `ssh` says of it: names under which the key is known, what DNS says. */
  notes: string[];
}

/** A question of `ssh`, as it reaches a program in SSH_ASKPASS. */
export type SshPrompt =
  | SshSecretPrompt
  | SshHostKeyPrompt
  /** Nothing is to be typed, but something to be done: a security key waits to be touched. */
  | { kind: 'notice'; text: string }
  /** Beside the login, and answered by no: whether to change known_hosts or the agent. */
  | { kind: 'aside' };

/** Longer prompts are cut. */
const MAX_TEXT = 1000;
const MAX_NOTES = 6;

/** By OpenSSH, in English in every locale. */
const PASSPHRASE = /^Enter passphrase for (?:(?:\S+ )?key )?(?:'(.+)'|(.+?)): ?$/;
const PIN = /^Enter PIN (?:and confirm user presence )?for (.+?):? ?$/;
const PASSWORD = /^(\S+@\S+)'s password: ?$/;
const UNKNOWN_HOST = /^The authenticity of host '(.+?)(?: \((.+?)\))?' can't be established/;
const FINGERPRINT = /^(\S+) key fingerprint is:? ?(\S+?)\.?$/m;
const ASIDE = /^(?:Accept updated hostkeys\?|Add key .* to agent\?)/;
/** Words of a host key's question that say nothing of this host, and the picture of its key. */
const BOILERPLATE =
  /^(?:The authenticity of host|\S+ key fingerprint is|This key is not known by any other names|Are you sure you want to continue|Please type |[+|].*[+|]$|\s*$)/;
/** What a server asks before a password, through keyboard-interactive authentication. */
const SERVERS_PASSWORD = /^password(?: for [^:\n]{1,64})?:? ?$/i;

/**
 * Reads a question of `ssh`.
 *
 * @param hint SSH_ASKPASS_PROMPT
 * @param marked does this `ssh` put the login before what a server asks (`(user@host) …`)? OpenSSH
 *   8.5 and later do. Of an older one a server can imitate every prompt: then none is certain.
 */
export function readSshPrompt(prompt: string, hint: string, marked: boolean): SshPrompt {
  const text = harmless(prompt);
  if (hint === 'none') return { kind: 'notice', text };
  if (hint === 'confirm' || ASIDE.test(text)) return { kind: 'aside' };
  const hostKey = readHostKey(text);
  if (hostKey !== null) return hostKey;
  if (!marked) return { kind: 'secret', secret: 'other', whose: '', text };
  if (text.startsWith('(')) return ofServer(text);
  const [, quoted, bare] = PASSPHRASE.exec(text) ?? [];
  const key = quoted ?? bare;
  if (key !== undefined) return { kind: 'secret', secret: 'passphrase', whose: key, text };
  const login = PASSWORD.exec(text)?.[1];
  if (login !== undefined) return { kind: 'secret', secret: 'password', whose: login, text };
  const token = PIN.exec(text)?.[1];
  if (token !== undefined) return { kind: 'secret', secret: 'pin', whose: token, text };
  return { kind: 'secret', secret: 'other', whose: '', text };
}

function ofServer(text: string): SshSecretPrompt {
  const [, whose = '', words = text] = /^\(([^()\s]+@[^()\s]+)\) ([^]*)$/.exec(text) ?? [];
  const secret = whose !== '' && SERVERS_PASSWORD.test(words) ? 'password' : 'other';
  return { kind: 'secret', secret, whose, text: words };
}

function readHostKey(text: string): SshHostKeyPrompt | null {
  const found = UNKNOWN_HOST.exec(text);
  if (found === null) return null;
  const [, named = '', from = ''] = found;
  const [, bracketed, port = '22'] = /^\[(.+)\]:(\d+)$/.exec(named) ?? [];
  const host = bracketed ?? named;
  const address = from.replace(/^\[(.+)\]:\d+$/, '$1');
  const [, keyType = '', fingerprint = ''] = FINGERPRINT.exec(text) ?? [];
  const notes = text
    .split('\n')
    .filter((line) => !BOILERPLATE.test(line))
    .slice(0, MAX_NOTES);
  return {
    ...{ kind: 'hostKey', host, port, keyType, fingerprint, notes },
    address: address === host ? '' : address,
  };
}

/** Without what would move the cursor or change the words around it. */
function harmless(prompt: string): string {
  return prompt
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{C}\n]/gu, '')
    .slice(0, MAX_TEXT);
}
