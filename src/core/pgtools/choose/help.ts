import type { HelpOption } from '../../model/tools';

/**
 * The long options that a tool's `--help` lists (English), in its order: how a form learns of
 * options that are newer than the catalogue.
 */
export function parseHelp(text: string): HelpOption[] {
  const options: HelpOption[] = [];
  let current: HelpOption | null = null;
  for (const line of text.split(/\r?\n/)) {
    const option = parseOptionLine(line);
    if (option) {
      // psql lists the topics of its help one by one.
      const known = options.find((o) => o.flag === option.flag);
      if (!known) options.push(option);
      current = known ? null : option;
    } else if (/^ {16,}\S/.test(line) && current) {
      current.description = `${current.description} ${line.trim()}`.trim();
    } else {
      current = null;
    }
  }
  return options;
}

/** `  -b, --large-objects          include …`, `  -v, --set=, --variable=NAME=VALUE`, … */
function parseOptionLine(line: string): HelpOption | null {
  const match =
    /^ {2,8}(?:(-.)(?: \("\w+"\))?, )?((?:--[a-z][a-z-]*(?:\[=\w+\]|=[^\s,]*)?(?:, )?)+)(?:\s+(.*))?$/.exec(
      line,
    );
  if (!match) return null;
  const [, short, spellings = '', description = ''] = match;
  const parts = spellings.split(', ').filter((part) => part !== '');
  const flags = parts.map((part) => part.replace(/(?:\[=|=).*$/s, ''));
  const [flag = '', ...also] = flags;
  const argument = parts.map((part) => /(?<!\[)=(.+)$/s.exec(part)?.[1]).findLast((a) => a) ?? null;
  return { flag, short: short ?? null, also, argument, description: description.trim() };
}
