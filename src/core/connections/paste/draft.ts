import type { SslMode } from '../../model/profile';
import type { ParsedUrl } from '../url/parseUrl';
import type { DropReason, PasteProblem, RefuseReason } from './pasted';
import { dictionary } from '../../dictionary';

/** The driver whose parameters these are: the same name can mean different things. */
export type Dialect = 'libpq' | 'jdbc' | 'prisma' | 'dotnet';

/** Ends the reading of a text that cannot be understood. */
export class PasteError extends Error {
  constructor(
    readonly problem: PasteProblem,
    readonly named?: string,
  ) {
    super(problem);
  }
}

/** The result of reading so far. */
export class Draft {
  readonly target: ParsedUrl = { parameters: {} };
  password: string | undefined;
  keyPassphrase: string | undefined;
  /** The secrets as they are written in the text, encoded or not. */
  readonly secretTexts: string[] = [];
  /** Does the text itself call the address a pooler's? */
  pooled = false;
  /** Did a parameter name hosts? The first one replaces the URL's host; further ones are added. */
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

  /** Sets a field of the target; placeholders are left out. */
  state(field: 'host' | 'port' | 'user' | 'database' | 'service', value: string): void {
    if (value === '' || /^,+$/.test(value)) return;
    if (isPlaceholder(value)) this.drop(field, 'placeholder');
    else if (value.includes('\0')) throw new PasteError('notUnderstood');
    else this.target[field] = value;
  }

  /** @param raw the password as it is written in the text */
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

  /** Takes SSL modes as libpq, node, .NET and R2DBC write them. */
  stateSslMode(value: string): void {
    if (value === '') return;
    const mode = SSL_MODES[value.toLowerCase().replace(/[-_ ]/g, '')];
    if (mode === undefined) throw new PasteError('badSslMode');
    this.target.sslMode = mode;
  }

  /** "Encrypt", without details. Never weakens a mode that is stated elsewhere. */
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
  // node-postgres: encrypted without checking the certificate, like libpq's `require`.
  noverify: 'require',
  true: 'require',
  verifyca: 'verify-ca',
  verifyfull: 'verify-full',
  verifyidentity: 'verify-full',
});

/** Is this a placeholder, as documentation and templates write them? */
function isPlaceholder(value: string): boolean {
  return (
    /^(?:\[[A-Z][A-Z _-]{2,}\]|<[^<>]+>|%\w+%|\{\{[^{}]*\}\}|__\w+__)$/.test(value) ||
    /^\[[^\]]*(?:your|pass|user|host)[^\]]*\]$/i.test(value) ||
    /\$\{[^}]*\}|\$\(\w+\)|^\$\w+$|<%=|#\{/.test(value)
  );
}

/** The name, if it looks like one. Anything else could be a secret in the wrong place: not shown. */
function shownName(name: string): string {
  return /^(?:-{0,2}\w[\w .:-]{0,40}|[#|<>;&]|\$\(…\))$/.test(name) ? name : '…';
}
