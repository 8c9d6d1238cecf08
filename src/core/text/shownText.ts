/**
 * Names in a dump are whoever's who wrote it. Controls, and the marks that turn the direction of
 * text, would make a name look like another, or move what stands beside it.
 */
const controls =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const controlsInText =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A name with what cannot be seen made visible: newlines as `↵`, others by their pictures or codes. */
export function shownName(name: string): string {
  return name.replace(controls, picture);
}

/** The same of text with lines and tabs, which stay. */
export function shownText(text: string): string {
  return text.replace(controlsInText, picture);
}

function picture(control: string): string {
  const code = control.charCodeAt(0);
  if (code === 10 || code === 13) return '↵';
  if (code < 32) return String.fromCharCode(0x2400 + code);
  if (code === 127) return '␡';
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}
