/**
 * The author of a dump chooses its names. Control characters, direction marks and invisible
 * characters could make a name look like another, or move the text beside it.
 */
const UNSEEN = String.raw`\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e007f}\u00ad\u034f\u061c`;
/** Joiners are part of some writing systems and emoji; beside ASCII they are only deceptive. */
const STRAY_JOINER = String.raw`(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])`;

const UNSEEN_IN_NAME = new RegExp(`[${UNSEEN}]|${STRAY_JOINER}`, 'gu');
const UNSEEN_IN_TEXT = new RegExp(String.raw`(?![\t\r\n])[${UNSEEN}]|${STRAY_JOINER}`, 'gu');

/** A name with what cannot be seen made visible: newlines as `↵`, others by their pictures or codes. */
export function shownName(name: string): string {
  return name.replace(UNSEEN_IN_NAME, picture);
}

/** A name on its own: blanks at its ends are shown as well. */
export function shownLabel(label: string): string {
  return shownName(label).replace(/^\p{Zs}+|\p{Zs}+$/gu, (blanks) => '␣'.repeat(blanks.length));
}

/** `shownName` for text with lines and tabs, which are kept. */
export function shownText(text: string): string {
  return text.replace(UNSEEN_IN_TEXT, picture);
}

function picture(unseen: string): string {
  const code = unseen.codePointAt(0) ?? 0;
  if (code === 10 || code === 13) return '↵';
  if (code < 32) return String.fromCharCode(0x2400 + code);
  if (code === 127) return '␡';
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}
