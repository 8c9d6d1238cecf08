import type { Range } from './urlSecrets';

/** A constant in SQL, quotes included. */
export interface SqlConstant extends Range {
  /** Where its value ends. */
  contentEnd: number;
  /** Is it a body that holds statements itself (`AS $$…$$`, `DO $$…$$`)? */
  body: boolean;
  /** Is it inside of such a body, which may be in any language? */
  inBody: boolean;
}

const TOKEN =
  /--[^\n]*|\/\*|"[^"]*(?:""[^"]*)*"?|[eE]'[^'\\]*(?:(?:\\[^]|'')[^'\\]*)*'?|'[^']*(?:''[^']*)*'?|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|[\w\u0080-\uffff]+\$?/g;

/** The constants of SQL that begins outside of any, and those in the bodies among them. */
export function sqlConstants(sql: string, base = 0, inBody = false): SqlConstant[] {
  const constants: SqlConstant[] = [];
  const token = new RegExp(TOKEN);
  let word = '';
  for (let found = token.exec(sql); found !== null; found = token.exec(sql)) {
    const [text] = found;
    const start = found.index;
    if (text.startsWith('--')) continue;
    if (text === '/*') token.lastIndex = endOfComment(sql, start);
    else if (text.startsWith('$')) {
      const close = sql.indexOf(text, start + text.length);
      const end = close < 0 ? sql.length : close + text.length;
      const body = /^(?:as|do)$/i.test(word) || /^plpgsql$/i.test(word);
      const contentEnd = base + (close < 0 ? sql.length : close);
      constants.push({ start: base + start, end: base + end, contentEnd, body, inBody });
      if (body) {
        const content = sql.slice(start + text.length, close < 0 ? sql.length : close);
        for (const inner of sqlConstants(content, base + start + text.length, true)) {
          constants.push(inner);
        }
      }
      token.lastIndex = end;
    } else if (/^[eE]?'/.test(text)) {
      const end = base + start + text.length;
      constants.push({ start: base + start, end, contentEnd: end - 1, body: false, inBody });
    } else word = text;
  }
  return constants;
}

/** Comments nest. */
function endOfComment(sql: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start + 2;
  let depth = 1;
  while (depth > 0) {
    const found = mark.exec(sql);
    if (found === null) return sql.length;
    depth += found[0] === '/*' ? 1 : -1;
  }
  return mark.lastIndex;
}
