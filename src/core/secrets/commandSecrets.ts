import type { Range } from './urlSecrets';

/*
 * Secrets in command lines, in HTTP headers and in lines of password files, as they stand in
 * `COPY … FROM PROGRAM '…'`, in `archive_command`, in the bodies of functions that ask web services, and
 * in comments. Each pattern has the secret as its group `secret`.
 */

/** As far as the quotes go, or a word. */
const VALUE = String.raw`["'\\]*(?<secret>(?<=["'])[^"'\\\n]+|[^\s"'\\;|&]+)`;
const OPTION = String.raw`(?<![\w-])`;
const USER = String.raw`${OPTION}(?:-u|--(?:proxy-)?user|--auth|-a)(?:\s+|=)?`;
const SCHEMES =
  'apikey|api-key|aws4-hmac-sha256|basic|bearer|digest|genie-?key|key|negotiate|splunk|sso-key|token';

const PATTERNS = [
  // Programs that take both in one: curl, wget, http.
  String.raw`${USER}["'\\]+[^\s:"'\\=/]+:(?<secret>[^"'\\\n]+)`,
  String.raw`${USER}[^\s:"'\\=/]+:(?<secret>[^\s"'\\]+)`,
  String.raw`${OPTION}--?(?!no-)(?:[\w-]+[_-])?(?:pass(?:word|wd|phrase)?|pwd|token|secret|(?:api|access|account|private|secret)-?key)(?:=|[^\S\n]+(?!-|(?:and|cannot|is|may|must|option|or|requires)\b))${VALUE}`,
  String.raw`\bsshpass\s+-p\s*${VALUE}`,
  String.raw`\b(?:mysql|mariadb)[\w-]*\s(?:[^\n|;]{0,200}?\s)?-p${VALUE}`,
  String.raw`\bredis-cli\s(?:[^\n|;]{0,200}?\s)?-a\s+${VALUE}`,
  String.raw`\bpass:${VALUE}`,
  String.raw`\\setenv\s+\w*(?:PASS|PWD|SECRET|TOKEN|KEY)\w*\s+${VALUE}`,
  // In headers the name of a scheme stays.
  String.raw`\bauthorization\b\\*["']*\s{0,64}(?::(?![:=])|=>?|,)\s{0,64}(?:E?\\*["']+|\$\w{0,63}\$)?\s{0,64}(?:(?:${SCHEMES})\s+)?(?<secret>[^"'\\\n$]+)`,
  String.raw`\bbearer\s+(?<secret>(?=[^\s"'\\]{0,400}\d)[\w.~+/=-]{12,})`,
  String.raw`\bx-[\w-]{0,63}(?:key|token|secret|auth|password)\b\\*["']*\s*:\s*${VALUE}`,
  String.raw`\b(?:[\w-]{1,63}-(?:key|token|secret)|apikey):\s*${VALUE}`,
  // host:port:database:user:password
  String.raw`(?<![\w.:])(?=[\w.-]{0,255}[g-z.]|\*)[\w.*-]{1,255}:(?:\d{2,5}|\*):[^\s:"']{1,63}:[^\s:"']{1,63}:(?<secret>[^\s:"'][^\s"']*)`,
].map((source) => new RegExp(source, 'dgi'));

/** Variables of an environment: `TOKEN=…`, `MY_API_KEY=…`. Capitals, and nothing around the `=`. */
export const VARIABLE =
  /\b(?:(?:[A-Z0-9]+_)*(?:TOKEN|SECRET|CREDENTIALS?|AUTH)|(?:[A-Z0-9]+_)+KEY)=(?=[^\s=])/g;

/** PEM, from its first line to its last. */
export const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----/g;
export const PRIVATE_KEY_END = '-----END ';

/** The secrets in a text, in no order. */
export function commandSecrets(text: string): Range[] {
  const ranges: Range[] = [];
  for (const pattern of PATTERNS) {
    for (const { indices } of text.matchAll(pattern)) {
      const found = indices?.groups?.['secret'];
      if (found === undefined) continue;
      const [start, end] = found;
      ranges.push({ start, end: start + text.slice(start, end).trimEnd().length });
    }
  }
  return ranges;
}

/** May there be any of these? */
export const COMMAND_WORDS =
  /(?:^|[^\w-])-(?:u|a|p)|--?[\w-]{0,40}(?:user|auth|pass|pwd|token|secret|key)|\bauthorization\b|\bbearer\b|\bpass:|\bapikey:|-(?:key|token|secret)\b|(?:TOKEN|SECRET|CREDENTIALS?|AUTH|KEY)=|PRIVATE KEY-----|:(?:\d{2,5}|\*):/i;
