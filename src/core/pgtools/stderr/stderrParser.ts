import { LineSplitter, type OutputLine } from './lineSplitter';
import { parseLine } from './parseLine';
import type { ToolEvent } from './toolEvents';

/**
 * Turns a tool's raw stderr into lines and events, whatever the chunks, the encoding and the length
 * of the lines; holds one line at most.
 */
export class StderrParser {
  private readonly splitter = new LineSplitter();

  /** `onLine` gets each line with what it says, in order. */
  constructor(private readonly onLine: (line: OutputLine, events: ToolEvent[]) => void) {}

  push(chunk: Uint8Array): void {
    for (const line of this.splitter.push(chunk)) this.onLine(line, parseLine(line.text));
  }

  /** After the last chunk. */
  end(): void {
    for (const line of this.splitter.end()) this.onLine(line, parseLine(line.text));
  }
}
