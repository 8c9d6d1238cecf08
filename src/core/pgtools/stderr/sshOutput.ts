import type { SshProblem } from '../../errors';
import { maskSecrets } from '../../secrets/mask';
import { LineSplitter } from './lineSplitter';

/** Lines that are kept of what `ssh` says itself, without its traces. */
const MAX_LINES = 30;
const MAX_LINE = 300;

/**
 * The problem that a message of OpenSSH means, the most specific first. They are in English in
 * every locale.
 */
const CAUSES: readonly [RegExp, SshProblem][] = [
  [/REMOTE HOST IDENTIFICATION HAS CHANGED|host key for .* has changed|REVOKED/i, 'hostKeyChanged'],
  [/Host key verification failed|No \S+ host key is known/, 'hostKeyUnknown'],
  [/(?:^|: )Permission denied \([\w,-]+\)|Too many authentication failures/, 'denied'],
  [/Could not resolve hostname|Name or service not known/, 'hostUnknown'],
  [/Connection timed out|Operation timed out/, 'tooSlow'],
  [/banner exchange|Connection closed by remote host during|kex_exchange/, 'noSsh'],
  [/Connection refused|No route to host|Network is unreachable|Connection reset/, 'unreachable'],
  [/Bad configuration option|Bad owner or permissions|terminating, \d+ bad/, 'configuration'],
];

/** Before its passphrase is asked for. */
const KEY_TRIED = /^(?:Server accepts key: (.+?) \S+ SHA256:\S+(?: .*)?|Trying private key: (.+))$/;

/** Reads what `ssh -v` says while it forwards ports. */
export class SshOutput {
  /** Local ports that `ssh` has tried to listen at; it prints "listening" before it does so. */
  readonly tried = new Set<number>();
  /**
   * `ssh` has tried all ports: it listens at those that it has not complained of. Servers on the
   * way are reached by an `ssh` of their own, which says the same before any port is tried.
   */
  settled = false;
  /** Local ports that `ssh` could not listen at. */
  readonly taken = new Set<number>();
  /** Fingerprint of the server's key, as `ssh` prints it: `ED25519 SHA256:…`. */
  hostKey: string | null = null;
  /** Line of a file with known keys that names another key of the server: `known_hosts:3`. */
  knownKey: string | null = null;
  /** `ssh` has logged in, and will not forward: the server's key is another one than is known. */
  forwardsNothing = false;
  /** The logins so far, those on the way first; `key`: the file of the key that was taken. */
  readonly logins: { method: string; key: string }[] = [];
  /** Why the last connection through the tunnel got no further than the SSH server. */
  refused: SshProblem | null = null;
  private triedKey = '';
  private readonly lines: string[] = [];
  private readonly splitter = new LineSplitter();

  /** Bytes of stderr. */
  write(chunk: Buffer): void {
    for (const { text } of this.splitter.push(chunk)) this.read(text);
  }

  /** Why `ssh` has ended before it listened. */
  cause(): SshProblem {
    const found = CAUSES.find(([pattern]) => this.lines.some((line) => pattern.test(line)));
    return found?.[1] ?? 'ended';
  }

  /** The messages of `ssh`, for the user. */
  text(): string {
    return maskSecrets(this.lines.join('\n'));
  }

  /** What `ssh` said last; '' = nothing yet. */
  lastLine(): string {
    return maskSecrets(this.lines.at(-1) ?? '');
  }

  private read(line: string): void {
    const traced = /^debug\d: (.*)$/.exec(line)?.[1];
    if (traced === undefined) this.readMessage(line);
    else {
      const listens = /^Local forwarding listening on \S+ port (\d+)\.?$/.exec(traced);
      if (listens) {
        this.tried.add(Number(listens[1]));
        this.settled = false;
      }
      if (/^Entering interactive session\b/.test(traced)) this.settled = true;
      const key = /^Server host key: (\S+ SHA256:\S+)/.exec(traced);
      if (key?.[1] !== undefined) this.hostKey = key[1];
      const tried = KEY_TRIED.exec(traced);
      if (tried !== null) this.triedKey = tried[1] ?? tried[2] ?? '';
    }
  }

  private readMessage(line: string): void {
    const taken = /cannot listen to port: (\d+)/.exec(line);
    if (taken) this.taken.add(Number(taken[1]));
    if (/open failed: connect failed/.test(line)) this.refused = 'databaseUnreachable';
    else if (/open failed: /.test(line)) this.refused = 'forwardRefused';
    if (/^Port forwarding is disabled to avoid/.test(line)) this.forwardsNothing = true;
    this.knownKey ??= /^Offending (?:\S+ )?key in (.+:\d+)$/.exec(line)?.[1] ?? null;
    const method = /^Authenticated (?:to .+ )?(?:using|with) "([\w-]+)"/.exec(line)?.[1];
    if (method !== undefined) this.logins.push({ method, key: this.triedKey });
    if (
      /^(?:OpenSSH_|Authenticated (?:to|using) |Transferred: |Bytes per second: |@+$|\s*$)/.test(
        line,
      )
    )
      return;
    this.lines.push(line.slice(0, MAX_LINE));
    if (this.lines.length > MAX_LINES) this.lines.shift();
  }
}
