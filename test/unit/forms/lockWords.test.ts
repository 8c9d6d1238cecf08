import assert from 'node:assert/strict';
import { jobNoteText } from '../../../src/core/text/jobNoteText';
import { lockText } from '../../../src/core/text/lockText';

describe('words for a lock that is waited for', () => {
  it('stay on one line, in their order, whatever the names are', () => {
    const blockers = [{ pid: 7, application: 'ps\u202eql', user: 'a\rb' }];
    const wait = { object: 'app.new\nline', blockers };
    assert.equal(lockText(wait), 'app.new line, blocked by ps<U+202E>ql (a b, process 7)');
    const note = 'Waiting for a lock on app.new line: blocked by ps<U+202E>ql (a b, process 7)';
    assert.equal(jobNoteText({ code: 'waitsForLock', wait }), note);
  });
});
