/**
 * A message of the host to a page as one text. VS Code looks at each value of a message that it is
 * given, and copies the values one by one into the page: for the objects of 20,000 tables both take
 * several times as long as to write and read them.
 */
export function messageText(message: unknown): string {
  return JSON.stringify(message);
}

/** What such a text holds; undefined = it is not one. Other messages stay as they are. */
export function messageOfText(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return undefined;
  }
}
