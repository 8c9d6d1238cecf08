import { LineSplitter, type OutputLine } from './lineSplitter';
import { MessageMasker } from './messageMasker';
import { PlainMessages } from './plainMessages';
import type { ToolEvent } from './toolEvents';

/**
 * Turns a tool's raw stderr into lines and events, whatever the chunks, the encoding and the length
 * of the lines, and hides secrets in them; holds one message at most.
 */
export class StderrParser {
  private readonly splitter = new LineSplitter();
  private readonly masker: MessageMasker;

  /**
   * `onLine` gets each line with what it says, in order; of psql's verbose messages, those lines that
   * it prints without VERBOSITY as well.
   */
  constructor(onLine: (line: OutputLine, events: ToolEvent[]) => void) {
    const messages = new PlainMessages();
    this.masker = new MessageMasker((line, events) => {
      const plain = messages.plain(line, events);
      if (plain !== null) onLine(plain, events);
    });
  }

  push(chunk: Uint8Array): void {
    for (const line of this.splitter.push(chunk)) this.masker.push(line);
  }

  /** There was no output for a while: emits the lines that were held back in case they continue. */
  pause(): void {
    this.masker.pause();
  }

  /** After the last chunk. */
  end(): void {
    for (const line of this.splitter.end()) this.masker.push(line);
    this.masker.end();
  }
}
