import assert from 'node:assert/strict';
import { messageOfText, messageText } from '../../../src/protocol/messageText';

describe('a message as a text', () => {
  it('is read as it was', () => {
    const message = {
      type: 'event',
      event: 'x',
      payload: ['"', '\u0000', '\ud800', '\u2028', null],
    };
    assert.deepEqual(messageOfText(messageText(message)), message);
  });

  it('is nothing where it is none, and other messages stay as they are', () => {
    assert.equal(messageOfText('{"type":'), undefined);
    const message = { type: 'event' };
    assert.equal(messageOfText(message), message);
  });
});
