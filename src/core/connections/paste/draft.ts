import type { SslMode } from '../../model/profile';
import type { ParsedUrl } from '../url/parseUrl';
import type { DropReason, PasteProblem, RefuseReason } from './pasted';
import { dictionary } from '../../dictionary';

/** Whose words the parameters are: some mean different things. */
export type Dialect = 'libpq' | 'jdbc' | 'prisma' | 'dotnet';

/** Ends the reading: nothing can be made of the text. */
export class PasteError extends Error {
  constructor(
    readonly problem: PasteProblem,
    readonly named?: string,
  ) {
    super(problem);
  }
}

/** What was read so far. */
export class Draft {
  readonly target: ParsedUrl = { parameters: {} };
  password: string | undefined;
  keyPassphrase: string | undefined;
  /** The secrets as they stand in the text, encoded or not. */
  readonly secretTexts: string[] = [];
  /** Does the text say that the address is a pooler's? */
  pooled = false;
  /** Were hosts stated as parameters? They replace the one before them, and add up among themselves. */
  hostsByParameter = false;
  readonly dropped: { name: string; reason: DropReason }[] = [];
  readonly refused: { name: string; reason: RefuseReason }[] = [];

  constructor(public dialect: Dialect = 'libpq') {}

  drop(name: string, reason: DropReason): void {
    const shown = shownName(name);
    if (this.dropped.some((one) => one.name === shown && one.reason === reason)) return;
    this.dropped.push({ name: shown, reason });
  }

  refuse(name: string, reason: RefuseReason): void {
    const shown = shownName(name);
    if (this.refused.some((one) => one.name === shown)) return;
    this.refused.push({ name: shown, reason });
  }

  /** A text of the target; what stands for something else is left out. */
  state(field: 'host' | 'port' | 'user' | 'database' | 'service', value: string): void {
    if (value === '' || /^,+$/.test(value)) return;
    if (isPlaceholder(value)) this.drop(field, 'placeholder');
    else if (value.includes('\0')) throw new PasteError('notUnderstood');
    else this.target[field] = value;
  }

  /** @param raw as it stands in the text */
  statePassword(
    value: string,
    raw: string = value,
    which: 'password' | 'keyPassphrase' = 'password',
  ): void {
    if (value === '') return;
    if (isPlaceholder(value) || /^(?:\*{3,}|•{3,}|x{5,}|X{5,}|\.{3,}|…)$/.test(value)) {
      this.drop(which, 'placeholder');
    } else {
      this[which] = value;
      this.secretTexts.push(raw);
    }
  }

  statePath(field: 'sslRootCert' | 'sslCert' | 'sslKey', name: string, value: string): void {
    if (value === '') return;
    const runs = field === 'sslKey' && value.replace(/^[A-Za-z]:(?=[/\\])/, '').includes(':');
    const absolute = /^(?:~?[/\\]|[A-Za-z]:[/\\])/.test(value);
    if (runs) this.refuse(name, 'runsCode');
    else if (isPlaceholder(value)) this.drop(name, 'placeholder');
    else if (/\.(?:pk8|der|p12|pfx|jks)$/i.test(value)) this.drop(name, 'keyFormat');
    else if (absolute || (field === 'sslRootCert' && value === 'system')) {
      this.target[field] = value;
    } else this.drop(name, 'relativePath');
  }

  /** Modes as libpq, node, .NET and R2DBC write them. */
  stateSslMode(value: string): void {
    if (value === '') return;
    const mode = SSL_MODES[value.toLowerCase().replace(/[-_ ]/g, '')];
    if (mode === undefined) throw new PasteError('badSslMode');
    this.target.sslMode = mode;
  }

  /** "Encrypt" without saying how: never weaker than what is stated besides. */
  requireTls(): void {
    const mode = this.target.sslMode;
    if (mode === undefined || mode === 'allow' || mode === 'prefer') {
      this.target.sslMode = 'require';
    }
  }
}

const SSL_MODES = dictionary<SslMode | undefined>({
  disable: 'disable',
  disabled: 'disable',
  allow: 'allow',
  prefer: 'prefer',
  preferred: 'prefer',
  require: 'require',
  required: 'require',
  // node-postgres: encrypted, with whatever certificate; libpq's `require` checks none either.
  noverify: 'require',
  true: 'require',
  verifyca: 'verify-ca',
  verifyfull: 'verify-full',
  verifyidentity: 'verify-full',
});

/** What documents and templates write where a value belongs. */
function isPlaceholder(value: string): boolean {
  return (
    /^(?:\[[A-Z][A-Z _-]{2,}\]|<[^<>]+>|%\w+%|\{\{[^{}]*\}\}|__\w+__)$/.test(value) ||
    /^\[[^\]]*(?:your|pass|user|host)[^\]]*\]$/i.test(value) ||
    /\$\{[^}]*\}|\$\(\w+\)|^\$\w+$|<%=|#\{/.test(value)
  );
}

/** A name may be anything, even a secret in the wrong place: it is shown when it looks like a name. */
function shownName(name: string): string {
  return /^(?:-{0,2}\w[\w .:-]{0,40}|[#|<>;&]|\$\(…\))$/.test(name) ? name : '…';
}
